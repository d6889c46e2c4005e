import type { Kpi } from './types.ts';

/** Time during which the legs of closed positions differed, seconds. */
export const nakedSeconds: Kpi<number> = {
  name: 'nakedSeconds',
  start: 0,
  add: (totalMs, { nakedMs }) => totalMs + nakedMs,
  value: (totalMs) => totalMs / 1000,
};
