import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** Where what takes minutes is kept between runs: Debian's files and the compiled runtime client. */
const CACHE = process.env.TWINLEG_CONTAINER_CACHE ?? '/var/tmp/twinleg-containers';
const RUNTIME_CLIENT = 'aws-lambda-ric@4.0.2';
const TOOLS = ['mmdebstrap', 'buildah', 'runc', 'cmake', 'g++'];
/** Debian with Node and npm, in the place of the public image of Node. */
export const NODE_BASE = 'localhost/twinleg-base:test';
/** The same with the Lambda runtime client, in the place of AWS's image. */
export const LAMBDA_BASE = 'localhost/twinleg-lambda-base:test';
/** As AWS's own image begins a function: the runtime client, with the handler as its argument. */
const ENTRYPOINT = `#!/bin/sh
export _HANDLER="$1" LAMBDA_TASK_ROOT=/var/task
cd /var/task && exec node /var/runtime/node_modules/aws-lambda-ric/index.mjs "$1"
`;
/** What Node trusts on this machine besides its own, so that a build reaches what this machine reaches. */
const CERTIFICATES = '/etc/ssl/certs/extra.crt';
const LABEL = 'twinleg.base';

/** Why images cannot be built here without an engine, for a test that then skips itself by name; undefined where they can. */
export function missingForContainers(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'containers: needs Linux and root';
  const missing = TOOLS.filter((tool) => spawnSync('which', [tool]).status !== 0);
  return missing.length === 0 ? undefined : `containers: needs ${missing.join(', ')} (packages of Debian)`;
}

export function buildah(...args: string[]): string {
  return execFileSync('buildah', args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Makes both bases on the spot; those of an earlier run that were made of the same are taken as they are. */
export function makeBases(): void {
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  const trusted = certificates !== undefined && existsSync(certificates) ? readFileSync(certificates, 'utf8') : '';
  const made = hash('sha256', JSON.stringify([process.version, RUNTIME_CLIENT, ENTRYPOINT, trusted]), 'hex').slice(
    0,
    16,
  );
  if (labelOf(LAMBDA_BASE) === made && labelOf(NODE_BASE) === made) return;
  mkdirSync(CACHE, { recursive: true });
  const debian = join(CACHE, 'debian.tar');
  if (!existsSync(debian)) {
    const include = '--include=ca-certificates,libstdc++6,passwd';
    run('mmdebstrap', '--variant=essential', include, 'bookworm', `${debian}.part.tar`);
    run('mv', `${debian}.part.tar`, debian);
  }
  const runtime = join(CACHE, 'ric');
  if (!existsSync(join(runtime, 'node_modules/aws-lambda-ric/rapid-client.node'))) {
    rmSync(runtime, { recursive: true, force: true });
    mkdirSync(runtime, { recursive: true });
    run('npm', 'install', '--prefix', runtime, '--foreground-scripts', RUNTIME_CLIENT);
  }
  const context = mkdtempSync(join(CACHE, 'context-'));
  const working = buildah('from', 'scratch');
  try {
    cpSync(process.execPath, join(context, 'node'));
    cpSync(npmFolder(), join(context, 'npm'), { recursive: true, dereference: true });
    cpSync(join(runtime, 'node_modules'), join(context, 'runtime'), { recursive: true, dereference: true });
    writeFileSync(join(context, 'lambda-entrypoint.sh'), ENTRYPOINT, { mode: 0o755 });
    const copy = (from: string, to: string) => buildah('copy', '-q', working, join(context, from), to);
    buildah('add', '-q', working, debian, '/');
    copy('node', '/usr/local/bin/node');
    copy('npm', '/usr/local/lib/node_modules/npm');
    const npm = ['ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', '/usr/local/bin/npm'];
    buildah('run', '--isolation', 'chroot', working, '--', ...npm);
    writeFileSync(join(context, 'trusted.crt'), trusted);
    copy('trusted.crt', CERTIFICATES);
    buildah('config', '--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, '--label', `${LABEL}=${made}`, working);
    buildah('commit', '-q', working, NODE_BASE);
    copy('runtime', '/var/runtime/node_modules');
    copy('lambda-entrypoint.sh', '/lambda-entrypoint.sh');
    buildah('config', '--entrypoint', '["/lambda-entrypoint.sh"]', working);
    buildah('commit', '-q', working, LAMBDA_BASE);
  } finally {
    buildah('rm', working);
    rmSync(context, { recursive: true, force: true });
  }
}

function labelOf(image: string): string | undefined {
  const { status, stdout } = spawnSync('buildah', ['inspect', '--type', 'image', image], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  return (JSON.parse(stdout) as { Docker: { config: { Labels?: Record<string, string> } } }).Docker.config.Labels?.[
    LABEL
  ];
}

/** The npm of this machine. */
function npmFolder(): string {
  const script = execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim();
  return dirname(dirname(script));
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 2, 2] });
}
