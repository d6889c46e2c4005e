import type { BookSide } from '../market/types.ts';
import { hitSide } from '../spread/edge.ts';
import type { Guard, GuardContext } from './types.ts';

function shown(side: BookSide): number {
  let notional = 0;
  for (let i = 0; i < side.count; i++) notional += side.price[i]! * side.quantity[i]!;
  return notional;
}

/** The lesser of what the two sides that are hit show, USDT. */
function depthUsdt({ market, wish }: GuardContext): number {
  const onUpbit = shown(hitSide(market, 'upbit', wish.direction)) / market.fx.ask;
  return Math.min(shown(hitSide(market, 'binance', wish.direction)), onUpbit);
}

/** Depth of the sides that are hit. Protects from a price that only a handful of coins stands behind. */
export const thinBook: Guard = {
  code: 'THIN_BOOK',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'a price that only a handful of coins stands behind, and that is gone at the exit',
  key: 'guards.thinBook.minDepthUsdt',
  passes(context) {
    const { minDepthUsdt } = context.settings.guards.thinBook;
    return minDepthUsdt === null || depthUsdt(context) >= minDepthUsdt;
  },
  value: depthUsdt,
  limit: (context) => context.settings.guards.thinBook.minDepthUsdt,
};
