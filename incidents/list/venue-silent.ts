import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Upbit breaks the connection and lets nobody in',
  expected: { VENUE_DOWN: 15_000 },
  quiet: ['RECONNECT_STORM', 'FX_STALE', 'POSITION_UNJUDGEABLE', 'ERROR_RATE'],
  recovery: 'Upbit lets in again; the first frame ends the hold before it is judged',
  recoversWithinMs: 45_000,
  settings: { strategy: { maxHoldSeconds: 600 } },
  async strike(stage) {
    await stage.fault({ kind: 'refuseDials', venue: 'upbit', durationMs: 120_000 });
    await stage.fault({ kind: 'drop', venue: 'upbit' });
  },
  mend: (stage) => stage.fault({ kind: 'clear', venue: 'upbit' }),
};
