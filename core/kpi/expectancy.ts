import type { Kpi } from './types.ts';

/** Mean PnL of a closed position, USDT; null before the first. */
export const expectancy: Kpi<{ total: number; all: number }> = {
  name: 'expectancyUsdt',
  start: { total: 0, all: 0 },
  add: ({ total, all }, { pnl }) => ({ total: total + pnl, all: all + 1 }),
  value: ({ total, all }) => (all === 0 ? null : total / all),
};
