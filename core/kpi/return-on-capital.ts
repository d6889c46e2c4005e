import { type Decimal, decimal } from '../market/money.ts';
import type { Kpi } from './types.ts';

/** PnL of closed positions ÷ all capital; a symbol's is its share of the total's. Null while the capital is not known. */
export const returnOnCapital: Kpi<Decimal | string> = {
  name: 'returnOnCapital',
  start: '0',
  add: (total, trade) => trade.pnlUsdt.plus(total),
  value: (total, { capitalUsdt }) =>
    capitalUsdt === null || capitalUsdt <= 0 ? null : decimal(total.toString()).toNumber() / capitalUsdt,
};
