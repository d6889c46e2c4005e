import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withDirectory } from '../support/cli.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
/** Two of the files that `npm test` runs, so that this stays short: the whole of them runs by itself. */
const SUITES = ['test/unit/config.test.ts', 'test/unit/docs.test.ts'];

function reasonToSkip(): string | false {
  if (!existsSync(join(ROOT, '.git'))) return 'skipped: this is no git checkout';
  for (const tool of ['git', 'npm']) {
    if (spawnSync(tool, ['--version']).status !== 0) return `skipped: ${tool} is not installed`;
  }
  return false;
}

test('the README’s two commands in a fresh clone with an empty npm cache', { skip: reasonToSkip() }, () =>
  withDirectory(async (directory) => {
    const clone = join(directory, 'twinleg');
    const cache = join(directory, 'cache');
    mkdirSync(cache);
    const env = freshEnvironment(cache);

    const cloned = await run('git', ['clone', '--quiet', ROOT, clone], directory, env);
    assert.equal(cloned.code, 0, cloned.stderr);
    const installed = await run('npm', ['ci'], clone, env);
    assert.equal(installed.code, 0, installed.stderr);

    const started = await run(
      'npm',
      ['start', '--', '--duration', '20', '--seed', '1', '--port', '0', '--json'],
      clone,
      env,
    );
    assert.equal(started.code, 0, started.stderr);
    const summary = JSON.parse(started.stdout.slice(started.stdout.indexOf('{')));
    assert.ok(summary.ticks > 100, `${summary.ticks} ticks`);
    assert.ok(summary.decisions >= 1, `${summary.decisions} decisions`);
    assert.ok(existsSync(join(clone, 'data', 'twinleg.sqlite')));

    // The runner of `npm test`, found the way npm finds it: with the clone's own Node and packages.
    const command = ['exec', '--no', '--', 'node', 'test/run.ts', ...SUITES.map((file) => join(clone, file))];
    const tested = await run('npm', command, clone, env);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    assert.match(tested.stdout, /^\d+ passed, 0 failed, \d+ skipped$/m);
  }),
);

/** Neither this test runner's marks nor this package's own Node on the path: what a newcomer has. */
function freshEnvironment(cache: string): NodeJS.ProcessEnv {
  const { PATH = '', HOME, ...rest } = process.env;
  const proxies = Object.entries(rest).filter(([name]) =>
    /^(https?_proxy|no_proxy|npm_config_registry|node_extra_ca_certs)$/i.test(name),
  );
  const outside = PATH.split(':').filter((folder) => !folder.startsWith(ROOT));
  return { ...Object.fromEntries(proxies), PATH: outside.join(':'), HOME, npm_config_cache: cache };
}

async function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text.stdout += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text.stderr += part;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...text };
}
