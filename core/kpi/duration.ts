import type { Kpi } from './types.ts';

/** Average time from the last entry fill to the last exit fill, seconds; null before the first trade. */
export const averageDuration: Kpi<{ totalMs: number; all: number }> = {
  name: 'averageDurationSeconds',
  start: { totalMs: 0, all: 0 },
  add: ({ totalMs, all }, trade) => ({ totalMs: totalMs + (trade.closedAtMs - trade.openedAtMs), all: all + 1 }),
  value: ({ totalMs, all }) => (all === 0 ? null : totalMs / all / 1000),
};
