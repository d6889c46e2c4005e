import { mkdirSync, writeFileSync } from 'node:fs';
import { guardsPage } from './guards-page.ts';

const docs = new URL('../docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL('guards.md', docs), guardsPage());
