import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Upbit goes on, and sends KRW-USDT no more',
  expected: { FX_STALE: 18_000 },
  quiet: ['VENUE_DOWN', 'FX_INSANE', 'POSITION_UNJUDGEABLE', 'RECONNECT_STORM'],
  recovery: 'KRW-USDT is sent again, and the next quote of it lets entries in',
  recoversWithinMs: 45_000,
  // A position that is open meanwhile has its full time.
  settings: { strategy: { maxHoldSeconds: 600 } },
  strike: (stage) => stage.fault({ kind: 'silentSymbol', venue: 'upbit', symbol: 'USDT', durationMs: 60_000 }),
  mend: (stage) => stage.fault({ kind: 'clear', venue: 'upbit' }),
};
