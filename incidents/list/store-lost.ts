import { limitWrites, missingPrlimit } from '../limits.ts';
import type { Incident } from '../types.ts';
import { pause } from '../wait.ts';

export const incident: Incident = {
  done: 'the operating system refuses every write of the run (a limit on its files’ size), for four seconds',
  expected: { STORE_LOST: 10_000 },
  quiet: ['STORE_SLOW', 'SNAPSHOT_SAVE_FAILED', 'ERROR_RATE', 'ERROR_LOGGED'],
  recovery: 'writes are taken again: what could not be stored is, the alert among it',
  recoversWithinMs: 110_000,
  slow: true,
  missing: missingPrlimit,
  async strike({ run }) {
    limitWrites(run.child.pid!, 0);
    await pause(4000);
  },
  mend: ({ run }) => limitWrites(run.child.pid!, 'unlimited'),
};
