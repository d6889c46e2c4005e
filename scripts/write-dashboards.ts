import { writeFileSync } from 'node:fs';
import { dashboardFiles } from '../dashboards/index.ts';

for (const [name, text] of Object.entries(dashboardFiles())) {
  writeFileSync(new URL(`../dashboards/${name}`, import.meta.url), text);
}
