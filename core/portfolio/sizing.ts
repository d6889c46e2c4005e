import { meetsMinimum, type TradingRules } from '../market/instrument.ts';
import type { Market } from '../market/market.ts';
import { decimal, type Exact, floorTo } from '../market/money.ts';
import type { BookSide, Direction, VenueId } from '../market/types.ts';
import { displayed, displayedNumber, hitSide } from '../spread/edge.ts';

/** Nearer to a whole number of lots than this, in lots, the division is made again in decimals. */
const NEAR_LOT = 1e-6;
/** Relative error that sums and quotients of numbers may carry, with room to spare. */
const ROUNDING = 1e-12;
/** What is below another by this factor is below it whatever the rounding. */
const CLEARLY_LESS = 1 - ROUNDING;

/**
 * The largest quantity of a direction within a budget and within what both sides display, rounded down to the coarser
 * lot, in decimals. Null where it falls below either venue's minimum (SPEC §4).
 *
 * @param budget most entry notional, USDT; null where there is no limit
 * @returns coins; the number whose shortest decimal form is the quantity
 */
export function sizeEntry(
  market: Market,
  rules: TradingRules,
  direction: Direction,
  budget: Exact | null,
): number | null {
  const onBinance = hitSide(market, 'binance', direction);
  const onUpbit = hitSide(market, 'upbit', direction);
  if (onBinance.count === 0 || onUpbit.count === 0) return null;
  const price = onBinance.price[0]!;
  const shown = displayedNumber(onBinance);
  const shownToo = displayedNumber(onUpbit);
  let affordable = Number.POSITIVE_INFINITY;
  if (budget !== null) {
    if (budget.value <= 0) return null;
    affordable = budget.value / price;
  }
  const most = Math.min(shown, shownToo, affordable);
  const lots = most * rules.lotsPerCoin;
  const whole = Math.floor(lots);
  const beyond = lots - whole;
  const tolerance = Math.max(NEAR_LOT, lots * ROUNDING);
  let quantity: number;
  if (rules.lotsPerCoin > 0 && beyond > tolerance && beyond < 1 - tolerance) quantity = whole / rules.lotsPerCoin;
  else if (isWholeLots(onBinance, most, lots, rules) && most < Math.min(shownToo, affordable) * CLEARLY_LESS)
    quantity = most;
  else quantity = exactSize(onBinance, onUpbit, rules, budget);
  const fits =
    reachesMinimum(rules, 'binance', quantity, price) && reachesMinimum(rules, 'upbit', quantity, onUpbit.price[0]!);
  return fits ? quantity : null;
}

/**
 * Whether a side's only level is the limit and a whole number of lots as it stands: no two decimals of up to fifteen
 * digits share a number, so equality of the numbers is that of the decimals.
 */
function isWholeLots(side: BookSide, most: number, lots: number, rules: TradingRules): boolean {
  const nearest = Math.round(lots);
  return side.count === 1 && most === side.quantity[0] && nearest < 1e15 && nearest / rules.lotsPerCoin === most;
}

function exactSize(onBinance: BookSide, onUpbit: BookSide, rules: TradingRules, budget: Exact | null): number {
  let quantity = displayed(onBinance);
  const other = displayed(onUpbit);
  if (other.lt(quantity)) quantity = other;
  if (budget !== null) {
    const affordable = budget.exact.div(decimal(onBinance.price[0]!));
    if (affordable.lt(quantity)) quantity = affordable;
  }
  return floorTo(quantity, rules.pairLot).toNumber();
}

function reachesMinimum(rules: TradingRules, venue: VenueId, quantity: number, price: number): boolean {
  const least = rules.leastNotional[venue];
  const margin = quantity * price - least;
  if (Math.abs(margin) > least * ROUNDING && quantity > rules.leastQuantity[venue]) return margin > 0;
  return meetsMinimum(rules, venue, decimal(quantity), decimal(price));
}
