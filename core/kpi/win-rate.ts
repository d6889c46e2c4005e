import type { Kpi } from './types.ts';

/** Share of closed positions with a PnL above zero, a fraction; null before the first. */
export const winRate: Kpi<{ wins: number; all: number }> = {
  name: 'winRate',
  start: { wins: 0, all: 0 },
  add: ({ wins, all }, trade) => ({ wins: wins + (trade.pnl > 0 ? 1 : 0), all: all + 1 }),
  value: ({ wins, all }) => (all === 0 ? null : wins / all),
};
