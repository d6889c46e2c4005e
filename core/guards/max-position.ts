import { maxPositionOf } from '../engine/settings.ts';
import type { Guard } from './types.ts';

/** Maximum position of a symbol. Protects from an order too small to trade once the symbol's size is applied. */
export const maxPosition: Guard = {
  code: 'MAX_POSITION',
  tier: 'symbol',
  always: true,
  does: 'refuse',
  protectsFrom: 'an order too small to trade once the symbol’s size is applied',
  key: 'strategy.maxPositionSizeUsdt',
  passes: (context) => context.wish.limitedBy !== 'MAX_POSITION',
  value: (context) => context.wish.entryNotionalUsdt,
  limit: (context) => maxPositionOf(context.settings, context.symbol).value,
};
