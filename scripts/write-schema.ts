import { writeFileSync } from 'node:fs';
import { jsonSchema } from '#adapters/config/schema.ts';

writeFileSync(new URL('../config.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
