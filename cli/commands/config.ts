import { describeConfig } from '#adapters/config/load.ts';
import { jsonSchema } from '#adapters/config/schema.ts';
import type { Command } from '../command.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'config',
  summary: 'what is in force and where each value came from (show), or the JSON Schema (schema)',
  arguments: [{ name: '<what>', about: 'show or schema', choices: ['show', 'schema'] }],
  run(context) {
    if (context.args[0] === 'schema') {
      context.out.write(JSON.stringify(jsonSchema(), null, 2));
      return undefined;
    }
    const { config, origins } = context.config();
    context.out.result(describeConfig(config, origins), (rows) =>
      table(rows, [
        { title: 'key', value: ({ path }) => path },
        { title: 'value', value: ({ value }) => JSON.stringify(value) ?? '' },
        { title: 'from', value: ({ origin }) => (origin === 'default' ? paint('dim', origin) : origin) },
      ]),
    );
    return undefined;
  },
};
