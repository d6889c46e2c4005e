import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** Where what takes minutes is kept between runs: Debian's files and the compiled runtime client. */
const CACHE = process.env.TWINLEG_CONTAINER_CACHE ?? '/var/tmp/twinleg-containers';
const RIC = 'aws-lambda-ric@4.0.2';
export const BASE = 'localhost/twinleg-base:test';
export const LAMBDA_BASE = 'localhost/twinleg-lambda-base:test';
/** As AWS's own base image begins a function: the runtime client, with the handler as its argument. */
const ENTRYPOINT = `#!/bin/sh
cd /var/task && exec node /var/runtime/node_modules/aws-lambda-ric/bin/index.mjs "$1"
`;

/** What has to be installed for containers to be built without an engine; the names of what is missing. */
export function missingTools(): string[] {
  return ['mmdebstrap', 'buildah', 'runc', 'cmake', 'g++'].filter((tool) => spawnSync('which', [tool]).status !== 0);
}

export function buildah(...args: string[]): string {
  return execFileSync('buildah', args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Makes both bases on the spot: Debian's essentials with Node and npm; and with the Lambda runtime client. */
export function makeBases(): void {
  mkdirSync(CACHE, { recursive: true });
  const debian = join(CACHE, 'debian.tar');
  if (!existsSync(debian)) {
    run(
      'mmdebstrap',
      '--variant=essential',
      '--include=ca-certificates,libstdc++6,passwd',
      'bookworm',
      `${debian}.part`,
    );
    run('mv', `${debian}.part`, debian);
  }
  const runtime = join(CACHE, 'ric');
  if (!existsSync(join(runtime, 'node_modules/aws-lambda-ric/build/Release'))) {
    rmSync(runtime, { recursive: true, force: true });
    mkdirSync(runtime, { recursive: true });
    run('npm', 'install', '--prefix', runtime, '--no-audit', '--no-fund', '--foreground-scripts', RIC);
  }
  const context = mkdtempSync(join(CACHE, 'context-'));
  try {
    cpSync(process.execPath, join(context, 'node'));
    cpSync(npmFolder(), join(context, 'npm'), { recursive: true, dereference: true });
    cpSync(join(runtime, 'node_modules'), join(context, 'runtime'), { recursive: true, dereference: true });
    writeFileSync(join(context, 'lambda-entrypoint.sh'), ENTRYPOINT, { mode: 0o755 });
    const debianImage = buildah('from', 'scratch');
    buildah('add', '-q', debianImage, debian, '/');
    buildah('copy', '-q', debianImage, join(context, 'node'), '/usr/local/bin/node');
    buildah('copy', '-q', debianImage, join(context, 'npm'), '/usr/local/lib/node_modules/npm');
    buildah(
      'run',
      '--isolation',
      'chroot',
      debianImage,
      '--',
      'ln',
      '-s',
      '../lib/node_modules/npm/bin/npm-cli.js',
      '/usr/local/bin/npm',
    );
    buildah('commit', '-q', debianImage, BASE);
    buildah('copy', '-q', debianImage, join(context, 'runtime'), '/var/runtime/node_modules');
    buildah('copy', '-q', debianImage, join(context, 'lambda-entrypoint.sh'), '/lambda-entrypoint.sh');
    buildah('config', '--entrypoint', '["/lambda-entrypoint.sh"]', debianImage);
    buildah('commit', '-q', '--rm', debianImage, LAMBDA_BASE);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function npmFolder(): string {
  const root = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  for (const folder of [
    join(root, 'npm'),
    join(dirname(dirname(process.execPath)), 'lib/node_modules/npm'),
    '/usr/lib/node_modules/npm',
  ]) {
    if (existsSync(folder)) return folder;
  }
  throw new Error('npm is not where it is looked for');
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 2, 2] });
}
