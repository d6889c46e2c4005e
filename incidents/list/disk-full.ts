import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingMount, mountSmallDisk, unmount } from '../small-disk.ts';
import type { Incident } from '../types.ts';

const DISK_BYTES = 96_000_000;
/** Less than this stops entries. */
const LEAST_BYTES = 8_000_000;
/** What is left. */
const LEFT_BYTES = 6_000_000;

export const incident: Incident = {
  done: 'the data directory’s disk, a small one of its own, is filled but for 6 MB (store.minFreeBytes: 8 MB)',
  expected: { DISK_FULL: 18_000 },
  quiet: ['DISK_FILLING', 'STORE_LOST', 'SNAPSHOT_SAVE_FAILED', 'ERROR_RATE'],
  recovery: 'what filled it is removed, and entries come back with the next look at the disk',
  recoversWithinMs: 45_000,
  settings: { store: { minFreeBytes: LEAST_BYTES } },
  missing: missingMount,
  prepare: ({ data }) => mountSmallDisk(data, DISK_BYTES),
  strike({ data }) {
    const { bavail, bsize } = statfsSync(data);
    writeFileSync(ballast(data), Buffer.alloc(bavail * bsize - LEFT_BYTES));
  },
  mend: ({ data }) => rmSync(ballast(data)),
  release: ({ data }) => unmount(data),
};

function ballast(data: string): string {
  return join(data, 'ballast');
}
