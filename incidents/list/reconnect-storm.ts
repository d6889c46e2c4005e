import type { Incident } from '../types.ts';
import { pause } from '../wait.ts';

const BREAKS = 7;

export const incident: Incident = {
  done: `Upbit breaks the connection ${BREAKS} times, a second apart`,
  expected: { RECONNECT_STORM: 15_000 },
  quiet: ['VENUE_DOWN', 'FX_STALE', 'POSITION_UNJUDGEABLE', 'ERROR_RATE'],
  recovery: 'the connection stays, and a minute later the storm is over',
  recoversWithinMs: 110_000,
  slow: true,
  async strike(stage) {
    for (let i = 0; i < BREAKS; i++) {
      await stage.fault({ kind: 'drop', venue: 'upbit' });
      await pause(1000);
    }
  },
  mend() {},
};
