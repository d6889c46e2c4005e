import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { guardsPage } from '../../../scripts/guards-page.ts';

test('docs/guards.md lists every guard as the registry has it (scripts/write-guards.ts writes it)', () => {
  assert.equal(readFileSync(new URL('../../../docs/guards.md', import.meta.url), 'utf8'), guardsPage());
});
