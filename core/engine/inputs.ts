import { ageMs } from '../market/freshness.ts';
import type { Market } from '../market/market.ts';
import { bestGrossEdge } from '../spread/edge.ts';
import type { EntryWish } from '../strategy/types.ts';

/** What a decision was made on, flat, for its record: best prices, ages, edges as fractions, sizes in coins and USDT. */
export function decisionInputs(
  market: Market,
  nowMs: number,
  wish: EntryWish | null,
): Record<string, number | string | null> {
  const { binance, upbit, fx } = market;
  const inputs: Record<string, number | string | null> = {
    binanceBid: binance.bid.price[0]!,
    binanceAsk: binance.ask.price[0]!,
    upbitBid: upbit.bid.price[0]!,
    upbitAsk: upbit.ask.price[0]!,
    fxBid: fx.bid,
    fxAsk: fx.ask,
    binanceAgeMs: ageMs(binance, nowMs),
    upbitAgeMs: ageMs(upbit, nowMs),
    fxAgeMs: ageMs(fx, nowMs),
    sellUpbitGrossEdge: finite(bestGrossEdge(market, 'SELL_UPBIT')),
    sellBinanceGrossEdge: finite(bestGrossEdge(market, 'SELL_BINANCE')),
  };
  if (wish !== null) {
    inputs.direction = wish.direction;
    inputs.quantity = wish.quantity;
    inputs.grossEdge = wish.grossEdge;
    inputs.entryNotionalUsdt = wish.entryNotionalUsdt;
  }
  return inputs;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
