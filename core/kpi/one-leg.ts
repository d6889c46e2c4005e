import type { Kpi } from './types.ts';

/** Share of closed positions of which a leg had to be chased or unwound, a fraction; null before the first. */
export const oneLegRate: Kpi<{ oneLegged: number; all: number }> = {
  name: 'oneLegRate',
  start: { oneLegged: 0, all: 0 },
  add: (state, trade) => ({ oneLegged: state.oneLegged + (trade.oneLegged ? 1 : 0), all: state.all + 1 }),
  value: ({ oneLegged, all }) => (all === 0 ? null : oneLegged / all),
};
