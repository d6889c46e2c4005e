import { MALFORMED_ORDER, MALFORMED_VALUE } from '#core/market/mapping.ts';
import { type BookSide, MAX_LEVELS } from '#core/market/types.ts';
import { isSane } from './bytes.ts';

/**
 * Takes one displayed level into a side of the slow path's quote, by the rules that both paths share: a level without
 * price or size is padding and left out, levels come best first, those beyond MAX_LEVELS are checked and not kept.
 * `last` is the price of the level taken before, 0 if none; returns the price to pass next time (> 0 once a level was
 * taken), or a MALFORMED code.
 */
export function takeLevel(side: BookSide, isBid: boolean, price: number, quantity: number, last: number): number {
  if (!isSane(price) || !isSane(quantity)) return MALFORMED_VALUE;
  if (price === 0 || quantity === 0) return last;
  if (last !== 0 && (isBid ? price > last : price < last)) return MALFORMED_ORDER;
  if (side.count < MAX_LEVELS) {
    side.price[side.count] = price;
    side.quantity[side.count] = quantity;
    side.count++;
  }
  return price;
}
