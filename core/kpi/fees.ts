import { type Decimal, decimal } from '../market/money.ts';
import type { Kpi } from './types.ts';

/** Sum of all fees paid on closed positions, USDT; exact. */
export const fees: Kpi<Decimal | string> = {
  name: 'feesUsdt',
  start: '0',
  add: (total, trade) => trade.feesUsdt.plus(total),
  value: (total) => decimal(total.toString()).toNumber(),
};
