import type { Kpi } from './types.ts';

/** What KRW-USDT's moves between a position's first fill and the others did to its won legs, USDT. */
export const fxEffect: Kpi<number> = {
  name: 'fxEffectUsdt',
  start: 0,
  add: (total, { fxEffectUsdt }) => total + fxEffectUsdt,
  value: (total) => total,
};
