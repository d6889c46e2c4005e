import type { Kpi } from './types.ts';

/** Closed positions. */
export const trades: Kpi<number> = { name: 'trades', start: 0, add: (count) => count + 1, value: (count) => count };
