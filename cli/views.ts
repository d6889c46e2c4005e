import type { Trade } from '#core/portfolio/trade.ts';
import { duration, moment, pnl, quantity, usdt } from './format.ts';
import { table } from './output.ts';

/** Closed positions as a table for people. */
export function tradeTable(trades: readonly Trade[]): string {
  return table(trades, [
    { title: 'closed', value: (trade) => moment(trade.closedAtMs) },
    { title: 'symbol', value: (trade) => trade.symbol },
    { title: 'direction', value: (trade) => trade.direction },
    { title: 'quantity', align: 'right', value: (trade) => quantity(trade.quantity) },
    { title: 'notional USDT', align: 'right', value: (trade) => usdt(trade.entryNotionalUsdt) },
    {
      title: 'held',
      align: 'right',
      value: (trade) => duration(trade.closedAtMs - (trade.openedAtMs ?? trade.decidedAtMs)),
    },
    { title: 'reason', value: (trade) => trade.reason },
    { title: 'fees USDT', align: 'right', value: (trade) => trade.feesUsdt.toFixed(4) },
    { title: 'PnL USDT', align: 'right', value: (trade) => pnl(trade.pnlUsdt) },
  ]);
}
