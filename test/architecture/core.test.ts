import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url).pathname;
const files = globSync('core/**/*.ts', { cwd: ROOT });

/** What would make a decision depend on something other than its arguments. */
const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  ['the clock', /\bDate\.now\b|new Date\(\s*\)|\bperformance\b|\bsetTimeout\b|\bsetInterval\b|\bhrtime\b/],
  ['randomness', /Math\.random|randomUUID|randomBytes|getRandomValues/],
  ['the environment', /\bprocess\s*(\??\.[a-z]|\[)|node:process|import\.meta\.env/],
  ['the network or files', /\bfetch\(|node:(fs|net|http|https|child_process|worker_threads|os)/],
];

test('no file of the core reads a clock, randomness, the environment, files or the network', () => {
  assert.ok(files.length > 20, 'the core was found');
  for (const file of files) {
    const code = readFileSync(`${ROOT}${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const [what, pattern] of FORBIDDEN) {
      const found = pattern.exec(code);
      assert.equal(found, null, `${file} reads ${what}: ${found?.[0]}`);
    }
  }
});

test('source files stay short', () => {
  const sources = globSync('{core,adapters,cli,simulator}/**/*.ts', { cwd: ROOT });
  const long = sources.filter((file) => readFileSync(`${ROOT}${file}`, 'utf8').split('\n').length > 300);
  assert.deepEqual(long, []);
});
