import { type Decimal, ZERO } from '../market/money.ts';
import type { Kpi } from './types.ts';

/** Sum of the closed positions' PnL, USDT; exact. */
export const pnl: Kpi<Decimal> = {
  name: 'pnlUsdt',
  start: ZERO,
  add: (total, trade) => total.plus(trade.pnlUsdt),
  value: (total) => total.toNumber(),
};
