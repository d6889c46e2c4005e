import type { Incident } from '../types.ts';
import { pause } from '../wait.ts';

/** A book that stands still for three seconds is frozen. */
const FROZEN_MS = 4000;

export const incident: Incident = {
  done: 'Upbit keeps sending the same book of SOL while Binance moves away from it',
  expected: { BOOK_FROZEN: 15_000 },
  quiet: ['SPREAD_INSANE', 'COMMON_MODE', 'POSITION_UNJUDGEABLE', 'VENUE_DOWN'],
  recovery: 'the book moves; the alert is over after half a minute without a refusal',
  recoversWithinMs: 75_000,
  slow: true,
  async strike(stage) {
    await stage.fault({ kind: 'frozenBook', venue: 'upbit', symbol: 'SOL', durationMs: 120_000 });
    await pause(FROZEN_MS);
    await stage.fault({ kind: 'halve', venue: 'binance', symbol: 'SOL', factor: 0.985 });
  },
  mend: (stage) => stage.fault({ kind: 'clear' }),
};
