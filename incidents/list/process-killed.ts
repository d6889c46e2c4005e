import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'the run is killed (SIGKILL) while it trades, and started again',
  expected: { ENGINE_CRASHED: 60_000 },
  quiet: ['RECONCILE_MISMATCH', 'EXPOSURE_CONFLICT', 'STORE_LOST', 'OUTCOME_UNKNOWN', 'VENUE_DOWN'],
  recovery: 'the next run goes on with what was open: nothing is doubled, nothing is lost',
  recoversWithinMs: 45_000,
  async strike(stage) {
    stage.run.signal('SIGKILL');
    await stage.run.ended;
    await stage.start();
  },
  mend() {},
};
