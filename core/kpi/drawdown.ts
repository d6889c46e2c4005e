import type { Kpi } from './types.ts';

/** Largest fall of the summed PnL below its highest point so far, USDT, as a positive number; the start counts as a peak. */
export const maxDrawdown: Kpi<{ equity: number; peak: number; worst: number }> = {
  name: 'maxDrawdownUsdt',
  start: { equity: 0, peak: 0, worst: 0 },
  add(state, trade) {
    const equity = state.equity + trade.pnl;
    const peak = Math.max(state.peak, equity);
    return { equity, peak, worst: Math.max(state.worst, peak - equity) };
  },
  value: ({ worst }) => worst,
};
