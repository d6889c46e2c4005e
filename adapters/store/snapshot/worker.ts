import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { TwinlegError } from '#core/errors.ts';
import type { SnapshotInfo } from './format.ts';
import { saveSnapshot } from './save.ts';

/** What the thread was asked for. */
export interface SnapshotOrder {
  readonly storeFile: string;
  readonly target: string;
  readonly atMs: number;
}

export type SnapshotAnswer =
  | { readonly ok: true; readonly info: SnapshotInfo }
  | { readonly ok: false; readonly code: string; readonly message: string };

// Whoever trades goes first where both want the same core. Elsewhere this would be the priority of the whole process.
if (parentPort !== null && process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.postMessage(answer(workerData as SnapshotOrder));

function answer({ storeFile, target, atMs }: SnapshotOrder): SnapshotAnswer {
  try {
    return { ok: true, info: saveSnapshot(storeFile, target, atMs) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: error instanceof TwinlegError ? error.code : 'INTERNAL', message };
  }
}
