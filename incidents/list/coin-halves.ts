import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'ETH costs half on Upbit, as after a redenomination or under another coin’s name',
  expected: { SPREAD_INSANE: 10_000 },
  quiet: ['COMMON_MODE', 'FX_INSANE', 'BOOK_FROZEN', 'VENUE_DOWN'],
  recovery: 'both venues mean the same coin again; the alert is over after half a minute without a refusal',
  recoversWithinMs: 75_000,
  slow: true,
  settings: { guards: { commonMode: { symbols: 4 } } },
  strike: (stage) => stage.fault({ kind: 'halve', venue: 'upbit', symbol: 'ETH' }),
  mend: (stage) => stage.fault({ kind: 'clear', venue: 'upbit' }),
};
