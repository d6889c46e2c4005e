import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Binance’s clock and this machine’s differ by five seconds (compared each minute)',
  expected: { CLOCK_SKEW: 75_000 },
  quiet: ['VENUE_DOWN', 'POSITION_UNJUDGEABLE', 'FX_STALE', 'ERROR_RATE'],
  recovery: 'the clocks agree again at the next comparison',
  recoversWithinMs: 110_000,
  slow: true,
  strike: (stage) => stage.fault({ kind: 'clock', venue: 'binance', aheadMs: 5000 }),
  mend: (stage) => stage.fault({ kind: 'clear', venue: 'binance' }),
};
