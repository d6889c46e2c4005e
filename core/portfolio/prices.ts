import type { Market } from '../market/market.ts';
import { coinOf } from '../market/symbol.ts';
import type { Book } from '../market/types.ts';
import { balanceKey } from './portfolio.ts';

/** Best prices of both venues and of the rate, as last seen; null where none was. */
export interface BestPrices {
  readonly symbol: string;
  readonly binanceBid: number | null;
  readonly binanceAsk: number | null;
  readonly upbitBid: number | null;
  readonly upbitAsk: number | null;
  readonly fxBid: number | null;
  readonly fxAsk: number | null;
}

export function bestPrices(symbol: string, { binance, upbit, fx }: Market): BestPrices {
  const best = ({ price, count }: Book['bid']) => (count > 0 ? positive(price[0]) : null);
  return {
    symbol,
    binanceBid: best(binance.bid),
    binanceAsk: best(binance.ask),
    upbitBid: best(upbit.bid),
    upbitAsk: best(upbit.ask),
    fxBid: positive(fx.bid),
    fxAsk: positive(fx.ask),
  };
}

/** Last mid prices of assets where they lie, USDT; one that was never seen has none. */
export type MarkPrices = ReadonlyMap<string, number>;

/**
 * Marks to market: coins at the mid price of the venue where they lie, won at the mid rate.
 *
 * @param before prices that stay where nothing newer is known
 */
export function markPrices(seen: Iterable<BestPrices>, before: MarkPrices = new Map()): Map<string, number> {
  const marks = new Map(before);
  marks.set('binance:USDT', 1);
  marks.set('upbit:USDT', 1);
  const set = (key: string, price: number | null) => {
    if (price !== null) marks.set(key, price);
  };
  for (const { symbol, binanceBid, binanceAsk, upbitBid, upbitAsk, fxBid, fxAsk } of seen) {
    const won = mid(upbitBid, upbitAsk);
    const rate = mid(fxBid, fxAsk);
    set('upbit:KRW', rate === null ? null : 1 / rate);
    set(balanceKey('binance', coinOf(symbol)), mid(binanceBid, binanceAsk));
    set(balanceKey('upbit', coinOf(symbol)), won === null || rate === null ? null : won / rate);
  }
  return marks;
}

function mid(bid: number | null, ask: number | null): number | null {
  return bid === null || ask === null ? null : (bid + ask) / 2;
}

function positive(value: number | undefined): number | null {
  return value !== undefined && value > 0 ? value : null;
}
