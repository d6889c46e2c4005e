import { benchEvaluate } from '../evaluate.ts';
import { type Figure, machine, print } from '../report.ts';
import { benchColdStart } from './coldstart.ts';
import { benchGateway } from './gateway.ts';
import { benchHour } from './hour.ts';

/** Every benchmark of the cloud's parts by name; `npm run bench:cloud -- NAME… [OPTIONS]` runs some, without a name all. */
const BENCHES: Readonly<Record<string, { title: string; run: (options: readonly string[]) => Promise<Figure[]> }>> = {
  coldstart: { title: 'A new execution environment of each function', run: benchColdStart },
  evaluate: { title: 'Functions on MiniStack, batches of ten', run: benchEvaluate },
  gateway: {
    title: 'Gateway as its container starts it; simulator and MiniStack in other processes',
    run: benchGateway,
  },
  hour: { title: 'What a deployment uses, counted at the clients of AWS', run: benchHour },
};

const words = process.argv.slice(2);
const firstOption = words.findIndex((word) => word.startsWith('--'));
const asked = firstOption < 0 ? words : words.slice(0, firstOption);
const options = firstOption < 0 ? [] : words.slice(firstOption);
const unknown = asked.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
console.log(machine());
for (const [name, { title, run }] of Object.entries(BENCHES)) {
  if (asked.length === 0 || asked.includes(name)) print(title, await run(options));
}
