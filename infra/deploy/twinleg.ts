import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command of ours on a stage's state; its words go to stderr. @returns its exit code */
export function twinleg(stage: string, region: string, ...args: readonly string[]): number {
  const sets = [`cloud.stage=${stage}`, `cloud.region=${region}`].flatMap((each) => ['--set', each]);
  return runNode(['bin/twinleg.js', ...args, '--wiring', 'cloud', ...sets]);
}

/** Runs the serverless command; its words go to stderr. @returns its exit code */
export function serverless(...args: readonly string[]): number {
  return runNode([createRequire(import.meta.url).resolve('serverless/bin/serverless.js'), ...args]);
}

function runNode(args: readonly string[]): number {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status ?? 1;
}
