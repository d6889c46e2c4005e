import { z } from 'zod';
import { configSchema } from '#core/config/schema.ts';

/** The published JSON Schema of the configuration file, for editors and checks. */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' });
  const link = { type: 'string', description: 'address of this schema, for editors; no setting' };
  return {
    ...schema,
    $id: 'twinleg.config.schema.json',
    title: 'Twinleg configuration',
    properties: { $schema: link, ...schema.properties },
  };
}
