import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SNAPSHOTS } from '#adapters/wiring/store-file.ts';
import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'the folder of snapshots is gone, and a file stands in its place (snapshots each two seconds)',
  expected: { SNAPSHOT_SAVE_FAILED: 12_000 },
  quiet: ['STORE_LOST', 'ERROR_LOGGED', 'ERROR_RATE', 'DISK_FULL'],
  recovery: 'the file is taken away, and the next snapshot is saved',
  recoversWithinMs: 45_000,
  settings: { snapshot: { everySeconds: 2 } },
  strike({ data }) {
    rmSync(join(data, SNAPSHOTS), { recursive: true, force: true });
    writeFileSync(join(data, SNAPSHOTS), 'in the way');
  },
  mend: ({ data }) => rmSync(join(data, SNAPSHOTS), { force: true }),
};
