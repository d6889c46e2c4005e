import { withTableRecords } from '#adapters/wiring/table.ts';
import type { Config } from '#core/config.ts';
import { decimal, sum } from '#core/market/money.ts';
import { isTrade, tradeOf } from '#core/portfolio/trade.ts';

/** Positions of a stage that were closed from a time on. */
export async function closedSince(config: Config, sinceMs: number) {
  const pairs = await withTableRecords(config, (records) => records.trades({ sinceMs }));
  const trades = pairs.filter(isTrade).map(tradeOf);
  return {
    trades: trades.length,
    notionalUsdt: sum(trades.map(({ entryNotionalUsdt }) => decimal(entryNotionalUsdt))).toNumber(),
    pnlUsdt: sum(trades.map(({ pnlUsdt }) => decimal(pnlUsdt))).toNumber(),
  };
}
