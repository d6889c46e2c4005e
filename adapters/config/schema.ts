import { z } from 'zod';
import { configSchema } from '#core/config/schema.ts';

/** The published JSON Schema of the configuration file, for editors and checks. */
export function jsonSchema(): object {
  return {
    ...z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' }),
    $id: 'twinleg.config.schema.json',
    title: 'Twinleg configuration',
  };
}
