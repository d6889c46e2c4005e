import type { Kpi } from './types.ts';

/** What prices worse than decided cost, USDT; negative where they were better on the whole. */
export const slippage: Kpi<number> = {
  name: 'slippageUsdt',
  start: 0,
  add: (total, { slippageUsdt }) => total + slippageUsdt,
  value: (total) => total,
};
