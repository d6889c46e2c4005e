import { DatabaseSync } from 'node:sqlite';
import type { Incident } from '../types.ts';
import { pause } from '../wait.ts';

/** Longer than a writer waits, ms. */
const HELD_MS = 3000;

export const incident: Incident = {
  done: 'another program holds the store’s write lock for three seconds',
  expected: { STORE_SLOW: 8000 },
  quiet: ['STORE_LOST', 'VENUE_DOWN', 'LOOP_LATENCY', 'ERROR_RATE', 'ERROR_LOGGED', 'POSITION_UNJUDGEABLE'],
  recovery: 'the lock is let go, and the next write goes through',
  recoversWithinMs: 75_000,
  slow: true,
  async strike({ storeFile }) {
    const other = new DatabaseSync(storeFile, { timeout: 5000 });
    other.exec('BEGIN IMMEDIATE');
    await pause(HELD_MS);
    other.exec('ROLLBACK');
    other.close();
  },
  mend() {},
};
