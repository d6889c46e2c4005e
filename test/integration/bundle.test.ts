import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../scripts/bundle.ts', import.meta.url));
const FUNCTIONS = fileURLToPath(new URL('../../functions', import.meta.url));
const MOST_BYTES = 5e6;

test('what an image needs is a bundle below 5 MB, with an entry for each thing that it can be started as', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-bundle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const handlers = readdirSync(FUNCTIONS)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `functions/${name.replace('.ts', '.mjs')}`);
  const entries = { functions: handlers, gateway: ['main.mjs', 'executor.mjs', 'health.mjs'] };
  for (const [target, expected] of Object.entries(entries)) {
    const out = join(folder, target);
    await promisify(execFile)(process.execPath, [SCRIPT, target, out]);
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => /\.mjs$/.test(file));
    for (const entry of expected) assert.ok(files.includes(entry), `${target}: ${entry}`);
    const bytes = files.reduce((sum, file) => sum + statSync(join(out, file)).size, 0);
    assert.ok(bytes > 100_000 && bytes < MOST_BYTES, `${target}: ${bytes} bytes`);
    t.diagnostic(`${target}: ${(bytes / 1e6).toFixed(2)} MB`);
  }
});
