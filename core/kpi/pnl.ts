import { decimal } from '../market/money.ts';
import type { Kpi } from './types.ts';

/** Sum of the closed positions' PnL, USDT; exact. */
export const pnl: Kpi<string> = {
  name: 'pnlUsdt',
  start: '0',
  add: (total, trade) => trade.pnlUsdt.plus(total).toString(),
  value: (total) => decimal(total).toNumber(),
};
