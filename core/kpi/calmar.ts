import { dayOf } from '../guards/day.ts';
import { DAYS_A_YEAR } from './daily.ts';
import { maxDrawdown } from './drawdown.ts';
import type { Kpi } from './types.ts';

/** PnL a year (mean daily PnL × 365) ÷ largest drawdown, both in USDT; null without a drawdown. */
export const calmar: Kpi<{ equity: number; peak: number; worst: number; firstDay: number; lastDay: number }> = {
  name: 'calmar',
  start: { ...maxDrawdown.start, firstDay: -1, lastDay: -1 },
  add(state, trade) {
    const day = dayOf(trade.closedAtMs, 0);
    const { firstDay, lastDay } = state;
    return {
      ...maxDrawdown.add(state, trade),
      firstDay: firstDay < 0 ? day : firstDay,
      lastDay: Math.max(lastDay, day),
    };
  },
  value({ equity, worst, firstDay, lastDay }) {
    return worst > 0 ? ((equity / (lastDay - firstDay + 1)) * DAYS_A_YEAR) / worst : null;
  },
};
