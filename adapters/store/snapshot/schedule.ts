import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ListedSnapshot } from './format.ts';
import type { SnapshotAnswer, SnapshotOrder } from './worker.ts';

const ENDING = '.snapshot';

/** Saves a snapshot in a thread of its own, so that whoever trades goes on meanwhile. Never rejects. */
export function saveInThread(order: SnapshotOrder): Promise<SnapshotAnswer> {
  return new Promise((resolve) => {
    const failed = (message: string) => resolve({ ok: false, code: 'INTERNAL', message });
    try {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
      worker.once('message', resolve);
      worker.once('error', (error) => failed(error.message));
      worker.once('exit', (code) => failed(`the thread ended with code ${code}`));
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  });
}

/** Name of the snapshot of a moment; names sort as their moments do. */
export function snapshotName(atMs: number): string {
  return `${new Date(atMs).toISOString().replaceAll(/[-:]/g, '')}${ENDING}`;
}

/** The moment that a name stands for, ms; null where it is no snapshot's. */
export function snapshotMs(name: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z\.snapshot$/.exec(name) ?? [];
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The snapshots of a directory, the oldest first. */
export function listDirectory(directory: string): ListedSnapshot[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const atMs = snapshotMs(name);
      const file = join(directory, name);
      return atMs === null ? [] : [{ file, atMs, bytes: statSync(file).size }];
    });
}

/** Removes all but the newest snapshots of a directory, and what a killed process left of one. Returns their names. */
export function rotate(directory: string, keep: number): string[] {
  mkdirSync(directory, { recursive: true });
  const names = readdirSync(directory).sort();
  const whole = names.filter((name) => name.endsWith(ENDING));
  const old = whole.slice(0, Math.max(0, whole.length - keep));
  const torn = names.filter((name) => name.includes(`${ENDING}.`) && name.endsWith('.tmp'));
  for (const name of [...old, ...torn]) rmSync(join(directory, name), { force: true });
  return old;
}
