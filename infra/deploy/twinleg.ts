import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { serviceFolder } from './service-folder.ts';
import type { Variables } from './settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command of ours on a stage by the settings that it has; its words go to stderr. @returns its exit code */
export function twinleg(settings: Variables, ...args: readonly string[]): number {
  return runNode(ROOT, ['bin/twinleg.js', ...args, '--wiring', 'cloud'], settings);
}

/** Runs the serverless command in a folder of its own; its words go to stderr. @returns its exit code */
export function serverless(settings: Variables, ...args: readonly string[]): number {
  const folder = serviceFolder();
  try {
    return runNode(folder, [createRequire(import.meta.url).resolve('serverless/bin/serverless.js'), ...args], settings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The settings alone speak of the configuration: what this shell holds beside them is another stage's. */
function runNode(cwd: string, args: readonly string[], settings: Variables): number {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TWINLEG__'));
  const env = { ...Object.fromEntries(own), ...settings };
  return spawnSync(process.execPath, args, { cwd, stdio: ['ignore', 2, 2], env }).status ?? 1;
}
