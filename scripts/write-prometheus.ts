import { writeFileSync } from 'node:fs';
import { prometheusFiles } from '../infra/prometheus/files.ts';

for (const [name, text] of Object.entries(prometheusFiles())) {
  writeFileSync(new URL(`../infra/prometheus/${name}`, import.meta.url), text);
}
