import { meetsMinimum, type TradingRules } from '../market/instrument.ts';
import type { Market } from '../market/market.ts';
import { type Decimal, decimal, floorTo } from '../market/money.ts';
import type { Direction } from '../market/types.ts';
import { displayed, hitSide } from '../spread/edge.ts';

/**
 * The largest quantity of a direction within a budget and within what both sides display, rounded down to the coarser
 * lot, in decimals. Null where it falls below either venue's minimum (SPEC §4).
 *
 * @param budgetUsdt most entry notional, USDT; null where there is no limit
 */
export function sizeEntry(
  market: Market,
  rules: TradingRules,
  direction: Direction,
  budgetUsdt: Decimal | null,
): Decimal | null {
  const binanceSide = hitSide(market, 'binance', direction);
  const upbitSide = hitSide(market, 'upbit', direction);
  if (binanceSide.count === 0 || upbitSide.count === 0) return null;
  const binancePrice = decimal(binanceSide.price[0]!);
  let quantity = displayed(binanceSide);
  const onUpbit = displayed(upbitSide);
  if (onUpbit.lt(quantity)) quantity = onUpbit;
  if (budgetUsdt !== null) {
    if (budgetUsdt.lte(0)) return null;
    const affordable = budgetUsdt.div(binancePrice);
    if (affordable.lt(quantity)) quantity = affordable;
  }
  quantity = floorTo(quantity, rules.pairLot);
  const fits =
    meetsMinimum(rules, 'binance', quantity, binancePrice) &&
    meetsMinimum(rules, 'upbit', quantity, decimal(upbitSide.price[0]!));
  return fits ? quantity : null;
}
