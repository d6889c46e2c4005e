import { writeFileSync } from 'node:fs';
import { incidentsPage } from './incidents-page.ts';

writeFileSync(new URL('../docs/incidents.md', import.meta.url), await incidentsPage());
