import { addDaily, DAYS_A_YEAR, type Daily, NO_DAYS, upToNow } from './daily.ts';
import type { Kpi } from './types.ts';

/** Mean daily PnL ÷ root of the mean square of the losing days, over all days, × √365; null without a losing day. */
export const sortino: Kpi<Daily> = {
  name: 'sortino',
  start: NO_DAYS,
  add: addDaily,
  value(state) {
    const { days, mean, falls } = upToNow(state);
    if (falls <= 0) return null;
    return (mean / Math.sqrt(falls / days)) * Math.sqrt(DAYS_A_YEAR);
  },
};
