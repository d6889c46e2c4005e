import type { Market } from '../market/market.ts';
import { type Decimal, decimal, type Exact, ZERO } from '../market/money.ts';
import type { BookSide, Direction } from '../market/types.ts';

/** Displayed quantities are compared with a tolerance that only absorbs the binary rounding of decimal sums. */
const DISPLAY_TOLERANCE = 1e-12;
/** Within this distance of a bound the comparison is made again in exact decimals. */
const EXACT_WITHIN = 1e-9;

/** Taker fees as fractions. */
export interface FeeRates {
  readonly binance: number;
  readonly upbit: number;
}

/**
 * Volume-weighted price of taking `quantity` from a side, level by level. NaN where the side displays less.
 */
export function vwap(side: BookSide, quantity: number): number {
  const { price, quantity: sizes, count } = side;
  if (count === 0) return Number.NaN;
  if (quantity <= sizes[0]!) return price[0]!;
  let left = quantity;
  let notional = 0;
  for (let i = 0; i < count; i++) {
    const size = sizes[i]!;
    if (left <= size) return (notional + left * price[i]!) / quantity;
    notional += size * price[i]!;
    left -= size;
  }
  return left <= quantity * DISPLAY_TOLERANCE ? notional / quantity : Number.NaN;
}

/** The price of the last level that taking `quantity` touches; the last one shown where less is displayed. */
export function worstPrice(side: BookSide, quantity: number): number {
  let left = quantity;
  for (let i = 0; i < side.count; i++) {
    left -= side.quantity[i]!;
    if (left <= quantity * DISPLAY_TOLERANCE) return side.price[i]!;
  }
  return side.price[side.count - 1] ?? Number.NaN;
}

/** All that a side displays, up to binary rounding. */
export function displayedNumber(side: BookSide): number {
  let total = 0;
  for (let i = 0; i < side.count; i++) total += side.quantity[i]!;
  return total;
}

/** All that a side displays, exact. */
export function displayed(side: BookSide): Decimal {
  let total = ZERO;
  for (let i = 0; i < side.count; i++) total = total.plus(decimal(side.quantity[i]!));
  return total;
}

/** Σ price × quantity of taking `quantity` from a side, exact, up to what is displayed. */
export function walkExact(side: BookSide, quantity: Decimal): { quantity: Decimal; notional: Decimal } {
  let left = quantity;
  let notional = ZERO;
  for (let i = 0; i < side.count && left.gt(0); i++) {
    const size = decimal(side.quantity[i]!);
    const taken = size.lt(left) ? size : left;
    notional = notional.plus(taken.times(decimal(side.price[i]!)));
    left = left.minus(taken);
  }
  return { quantity: quantity.minus(left), notional };
}

/** The side of a venue's book that a direction hits. */
export function hitSide(market: Market, venue: 'binance' | 'upbit', direction: Direction): BookSide {
  const buys = (venue === 'binance') === (direction === 'SELL_UPBIT');
  return buys ? market[venue].ask : market[venue].bid;
}

/**
 * Gross edge of crossing both venues in a direction for a quantity (SPEC §4), a fraction; NaN where a side is too thin.
 * Won is turned into USDT on the side of KRW-USDT that the trade would cross.
 */
export function grossEdge(market: Market, direction: Direction, quantity: number): number {
  const { binance, upbit, fx } = market;
  if (direction === 'SELL_UPBIT') return vwap(upbit.bid, quantity) / fx.ask / vwap(binance.ask, quantity) - 1;
  return vwap(binance.bid, quantity) / (vwap(upbit.ask, quantity) / fx.bid) - 1;
}

/** Gross edge at the best levels: never below the edge of any quantity. */
export function bestGrossEdge(market: Market, direction: Direction): number {
  const { binance, upbit, fx } = market;
  if (direction === 'SELL_UPBIT') return upbit.bid.price[0]! / fx.ask / binance.ask.price[0]! - 1;
  return binance.bid.price[0]! / (upbit.ask.price[0]! / fx.bid) - 1;
}

/**
 * Whether the gross edge for a quantity is at least `bound`. Decided in exact decimals where binary rounding could
 * decide otherwise: selling notional ≥ (1 + bound) × buying notional, both in won, so that nothing is divided.
 */
export function grossEdgeAtLeast(
  market: Market,
  direction: Direction,
  quantity: number,
  edge: number,
  bound: Exact,
): boolean {
  const distance = edge - bound.value;
  if (!(Math.abs(distance) < EXACT_WITHIN)) return distance > 0;
  const exactQuantity = decimal(quantity);
  const binanceUsdt = walkExact(hitSide(market, 'binance', direction), exactQuantity).notional;
  const upbitWon = walkExact(hitSide(market, 'upbit', direction), exactQuantity).notional;
  const factor = bound.exact.plus(1);
  return direction === 'SELL_UPBIT'
    ? upbitWon.gte(factor.times(decimal(market.fx.ask)).times(binanceUsdt))
    : binanceUsdt.times(decimal(market.fx.bid)).gte(factor.times(upbitWon));
}

/** Fees of four fills as a fraction of the notional: both venues, in and out. */
export function roundTripFees(fees: FeeRates): Decimal {
  return decimal(fees.binance).plus(decimal(fees.upbit)).times(2);
}
