import { orderId } from '../ids.ts';
import { priceDown, priceUp, type TradingRules } from '../market/instrument.ts';
import type { Market } from '../market/market.ts';
import { type Decimal, decimal } from '../market/money.ts';
import type { BookSide, Side, VenueId } from '../market/types.ts';
import { walkExact, worstPrice } from '../spread/edge.ts';
import type { Order, OrderPurpose, Pair } from './types.ts';

/** How far beyond the worst displayed price an unwind may go: it must fill (SPEC §7). */
export const UNWIND_ALLOWANCE = 0.01;

/** The side of a venue's book that an order of a side takes from. */
export function takenSide(market: Market, venue: VenueId, side: Side): BookSide {
  return side === 'buy' ? market[venue].ask : market[venue].bid;
}

/**
 * Limit of an immediate-or-cancel order: the worst price walked × (1 ± allowance), rounded to the tick towards that
 * price, yet never beyond it on the wrong side.
 */
export function limitPrice(
  rules: TradingRules,
  venue: VenueId,
  side: Side,
  worst: Decimal,
  allowance: number,
): Decimal {
  if (side === 'buy') {
    const limit = priceDown(rules, venue, worst.times(decimal(1).plus(decimal(allowance))));
    return limit.lt(worst) ? worst : limit;
  }
  const limit = priceUp(rules, venue, worst.times(decimal(1).minus(decimal(allowance))));
  return limit.gt(worst) ? worst : limit;
}

export interface OrderRequest {
  readonly venue: VenueId;
  readonly side: Side;
  readonly quantity: Decimal;
  readonly purpose: OrderPurpose;
  readonly status: 'planned' | 'sent';
  readonly atMs: number;
}

/** The pair's next order, limited by a walk of the present book. The id comes from the position and its count. */
export function makeOrder(
  pair: Pick<Pair, 'id' | 'symbol'>,
  n: number,
  request: OrderRequest,
  market: Market,
  rules: TradingRules,
  slippageAllowance: number,
): Order {
  const { venue, side, quantity, purpose } = request;
  const book = takenSide(market, venue, side);
  const unwinds = purpose === 'unwind';
  const worst = unwinds ? book.price[book.count - 1]! : worstPrice(book, quantity.toNumber());
  const walked = walkExact(book, quantity);
  const allowance = unwinds ? UNWIND_ALLOWANCE : slippageAllowance;
  return {
    id: orderId(pair.id, n, purpose, venue),
    positionId: pair.id,
    symbol: pair.symbol,
    venue,
    side,
    quantity: quantity.toString(),
    limitPrice: limitPrice(rules, venue, side, decimal(worst), allowance).toString(),
    decidedPrice: (walked.quantity.isZero() ? decimal(worst) : walked.notional.div(walked.quantity)).toString(),
    purpose,
    status: request.status,
    sentAtMs: request.atMs,
  };
}
