import { type Decimal, decimal } from '../market/money.ts';
import type { Kpi } from './types.ts';

/** Sum of the closed positions' PnL, USDT; exact. */
export const pnl: Kpi<Decimal | string> = {
  name: 'pnlUsdt',
  start: '0',
  add: (total, trade) => trade.pnlUsdt.plus(total),
  value: (total) => decimal(total.toString()).toNumber(),
};
