import { meetsMinimum, type TradingRules } from '../market/instrument.ts';
import type { Market } from '../market/market.ts';
import { type Decimal, decimal, floorTo, ZERO } from '../market/money.ts';
import { buyVenue, otherVenue, type Side, type VenueId } from '../market/types.ts';
import { type FeeRates, walkExact } from '../spread/edge.ts';
import { imbalance, netQuantity } from './ledger.ts';
import { makeOrder, type OrderRequest, takenSide } from './orders.ts';
import type { Dust, Pair } from './types.ts';

export interface SettleContext {
  readonly market: Market;
  readonly rules: TradingRules;
  readonly nowMs: number;
  readonly chaseAttempts: number;
  readonly slippageAllowance: number;
  readonly fees: FeeRates;
}

/** The venue on which the pair's present phase trades a side. */
function phaseVenue(pair: Pair, side: Side): VenueId {
  const buysOn = buyVenue(pair.direction);
  const entryVenue = side === 'buy' ? buysOn : otherVenue(buysOn);
  return pair.phase === 'entry' ? entryVenue : otherVenue(entryVenue);
}

/** USDT per coin that trading now would bring (sale) or cost (purchase), fee counted; null where nothing is shown. */
function unitValue(context: SettleContext, venue: VenueId, side: Side, quantity: Decimal): Decimal | null {
  const walked = walkExact(takenSide(context.market, venue, side), quantity);
  if (walked.quantity.isZero()) return null;
  const { fx } = context.market;
  const price = walked.notional.div(walked.quantity);
  const usdt = venue === 'binance' ? price : price.div(decimal(side === 'sell' ? fx.ask : fx.bid));
  const fee = decimal(context.fees[venue]);
  return usdt.times(side === 'sell' ? decimal(1).minus(fee) : decimal(1).plus(fee));
}

function tradable(context: SettleContext, venue: VenueId, side: Side, quantity: Decimal): boolean {
  const book = takenSide(context.market, venue, side);
  return book.count > 0 && meetsMinimum(context.rules, venue, quantity, decimal(book.price[0]!));
}

function withOrder(pair: Pair, request: OrderRequest, context: SettleContext): Pair {
  const order = makeOrder(pair, pair.ordersMade, request, context.market, context.rules, context.slippageAllowance);
  return { ...pair, pending: [...pair.pending, order], ordersMade: pair.ordersMade + 1 };
}

/** Adds dust and takes it off the position; its cost is the average price of the venue's fills on that side. */
function withDust(pair: Pair, venue: VenueId, quantity: Decimal): Pair {
  const side: Side = quantity.gt(0) ? 'buy' : 'sell';
  let coins = ZERO;
  let usdt = ZERO;
  for (const fill of pair.fills) {
    if (fill.venue !== venue || fill.side !== side) continue;
    coins = coins.plus(fill.quantity);
    usdt = usdt.plus(decimal(fill.amountUsdt).abs());
  }
  const cost = coins.isZero() ? ZERO : usdt.div(coins).times(quantity);
  const dust: Dust = { venue, quantity: quantity.toString(), costUsdt: cost.toString() };
  return { ...pair, dust: [...pair.dust, dust] };
}

/**
 * What to do about legs that differ: chase the missing part while that is cheaper than unwinding, then unwind the
 * excess where it lies; what is below a lot or minimum on both ways leaves as dust (SPEC §7).
 *
 * @param mayUnwind whether an unwind may be sent now: each tick allows one
 * @returns the pair with a new pending order, or balanced, or unchanged where it has to wait for the next tick
 */
export function balanceLegs(pair: Pair, context: SettleContext, mayUnwind: boolean): { pair: Pair; balanced: boolean } {
  const { rules } = context;
  const excess = imbalance(pair);
  if (excess.isZero()) return { pair, balanced: true };
  const side: Side = excess.gt(0) ? 'sell' : 'buy';
  const missing = excess.abs();
  const chaseOn = phaseVenue(pair, side);
  const unwindOn = otherVenue(chaseOn);
  const chase = floorTo(missing, rules.lot[chaseOn]);
  const unwind = floorTo(missing, rules.lot[unwindOn]);
  const request = { side, status: 'sent', atMs: context.nowMs } as const;

  if (context.market.binance.receivedAtMs < 0 || context.market.upbit.receivedAtMs < 0)
    return { pair, balanced: false };
  const canChase =
    pair.state !== 'UNWINDING' && pair.chasesMade < context.chaseAttempts && tradable(context, chaseOn, side, chase);
  if (canChase) {
    const chaseValue = unitValue(context, chaseOn, side, chase);
    const canUnwind = tradable(context, unwindOn, side, unwind);
    const unwindValue = canUnwind ? unitValue(context, unwindOn, side, unwind) : null;
    const cheaper =
      chaseValue !== null &&
      (unwindValue === null || (side === 'sell' ? chaseValue.gt(unwindValue) : chaseValue.lt(unwindValue)));
    if (cheaper) {
      const chasing = { ...pair, chasesMade: pair.chasesMade + 1 };
      return {
        pair: withOrder(chasing, { ...request, venue: chaseOn, quantity: chase, purpose: 'chase' }, context),
        balanced: false,
      };
    }
  }
  const book = takenSide(context.market, unwindOn, side);
  if (book.count === 0) return { pair: { ...pair, state: 'UNWINDING' }, balanced: false };
  if (tradable(context, unwindOn, side, unwind)) {
    const unwinding: Pair = { ...pair, state: 'UNWINDING' };
    if (!mayUnwind) return { pair: unwinding, balanced: false };
    return {
      pair: withOrder(unwinding, { ...request, venue: unwindOn, quantity: unwind, purpose: 'unwind' }, context),
      balanced: false,
    };
  }
  return { pair: withDust(pair, unwindOn, excess), balanced: true };
}

/** The hedged quantity of a balanced pair, once what neither venue could close later has left it as dust. */
export function hedgedQuantity(pair: Pair, context: SettleContext): { pair: Pair; quantity: Decimal } {
  const held = netQuantity(pair, 'binance');
  const quantity = held.abs();
  let closable = floorTo(quantity, context.rules.pairLot);
  for (const venue of ['binance', 'upbit'] as const) {
    if (!meetsMinimum(context.rules, venue, closable, referencePrice(pair, venue))) closable = ZERO;
  }
  const rest = quantity.minus(closable);
  if (rest.isZero()) return { pair, quantity: closable };
  const onBinance = held.gt(0) ? rest : rest.negated();
  return { pair: withDust(withDust(pair, 'binance', onBinance), 'upbit', onBinance.negated()), quantity: closable };
}

/** Price of the pair's first fill on a venue: what its minimum is held against. */
function referencePrice(pair: Pair, venue: VenueId): Decimal {
  const fill = pair.fills.find((candidate) => candidate.venue === venue);
  return fill === undefined ? ZERO : decimal(fill.price);
}
