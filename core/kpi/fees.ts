import { type Decimal, ZERO } from '../market/money.ts';
import type { Kpi } from './types.ts';

/** Sum of all fees paid on closed positions, USDT; exact. */
export const fees: Kpi<Decimal> = {
  name: 'feesUsdt',
  start: ZERO,
  add: (total, trade) => total.plus(trade.feesUsdt),
  value: (total) => total.toNumber(),
};
