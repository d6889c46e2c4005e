import type { VenueId } from '../market/types.ts';
import { hitSide, vwap } from '../spread/edge.ts';
import type { Guard, GuardContext } from './types.ts';

function distance({ market, wish }: GuardContext, venue: VenueId): number {
  const { bid, ask } = market[venue];
  const mid = (bid.price[0]! + ask.price[0]!) / 2;
  return Math.abs(vwap(hitSide(market, venue, wish.direction), wish.quantity) / mid - 1);
}

/** How far the walked price is from its own book's mid, the farther of the two legs; a fraction. */
function farther(context: GuardContext): number {
  return Math.max(distance(context, 'binance'), distance(context, 'upbit'));
}

/** Walked price against mid. Protects from a book with a hole in it, where leaving costs as much again. */
export const priceFromMid: Guard = {
  code: 'PRICE_FROM_MID',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'a book with a hole in it, where leaving costs as much again as entering',
  key: 'guards.priceFromMid.max',
  passes(context) {
    const { max } = context.settings.guards.priceFromMid;
    return max === null || farther(context) <= max;
  },
  value: farther,
  limit: (context) => context.settings.guards.priceFromMid.max,
};
