import type { Standing } from '../engine/standing.ts';
import { coinOf } from '../market/symbol.ts';

/** What lies on a venue, valued at the last prices seen; null where none was seen. */
export interface ValuedBalance {
  readonly venue: string;
  readonly asset: string;
  readonly quantity: number;
  readonly valueUsdt: number | null;
  /** For how many more entries of full size it lasts. */
  readonly runwayEntries: number | null;
}

/**
 * Marks an inventory to market: coins at the mid price of the venue where they lie, won at the mid rate.
 *
 * @param positionUsdt size of a full entry, USDT; null where it is not known
 */
export function valueBalances(
  balances: Readonly<Record<string, string>>,
  standings: readonly Standing[],
  positionUsdt: number | null,
): ValuedBalance[] {
  const fx = standings.find(({ fxBid, fxAsk }) => fxBid !== null && fxAsk !== null);
  const rate = mid(fx?.fxBid, fx?.fxAsk);
  const prices = new Map<string, number | null>([
    ['binance:USDT', 1],
    ['upbit:USDT', 1],
    ['upbit:KRW', rate === null ? null : 1 / rate],
  ]);
  for (const { symbol, binanceBid, binanceAsk, upbitBid, upbitAsk } of standings) {
    const won = mid(upbitBid, upbitAsk);
    prices.set(`binance:${coinOf(symbol)}`, mid(binanceBid, binanceAsk));
    prices.set(`upbit:${coinOf(symbol)}`, won === null || rate === null ? null : won / rate);
  }
  return Object.entries(balances).map(([key, text]) => {
    const [venue = '', asset = ''] = key.split(':');
    const quantity = Number(text);
    const price = prices.get(key) ?? null;
    const valueUsdt = price === null ? null : quantity * price;
    const known = valueUsdt !== null && positionUsdt !== null && positionUsdt > 0;
    return { venue, asset, quantity, valueUsdt, runwayEntries: known ? valueUsdt / positionUsdt : null };
  });
}

function mid(bid: number | null | undefined, ask: number | null | undefined): number | null {
  return bid == null || ask == null ? null : (bid + ask) / 2;
}
