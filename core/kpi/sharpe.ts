import { addDaily, DAYS_A_YEAR, type Daily, NO_DAYS, upToNow } from './daily.ts';
import type { Kpi } from './types.ts';

/** Mean daily PnL ÷ its sample deviation × √365; null below two days and where every day is alike. */
export const sharpe: Kpi<Daily> = {
  name: 'sharpe',
  start: NO_DAYS,
  add: addDaily,
  value(state) {
    const { days, mean, squares } = upToNow(state);
    // Days that are alike leave no more than rounding.
    if (days < 2 || squares <= mean * mean * days * 1e-20) return null;
    return (mean / Math.sqrt(squares / (days - 1))) * Math.sqrt(DAYS_A_YEAR);
  },
};
