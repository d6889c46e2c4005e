import { writeFileSync } from 'node:fs';
import { costPage } from './cost-page.ts';

writeFileSync(new URL('../docs/COST.md', import.meta.url), costPage());
