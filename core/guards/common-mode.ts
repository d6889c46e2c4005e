import type { Guard, GuardContext } from './types.ts';

function together({ market, wish, nowMs, settings }: GuardContext): number {
  return market.signals.crossings(wish.direction, nowMs, settings.guards.commonMode.windowMs);
}

/** Symbols that crossed the entry threshold the same way at once. Protects from taking a move of the rate for coins' gaps. */
export const commonMode: Guard = {
  code: 'COMMON_MODE',
  tier: 'global',
  always: false,
  does: 'refuse',
  protectsFrom: 'a move of the exchange rate that is taken for the gaps of many coins',
  key: 'guards.commonMode.symbols',
  passes(context) {
    const { symbols } = context.settings.guards.commonMode;
    return symbols === null || together(context) < symbols;
  },
  value: together,
  limit: (context) => context.settings.guards.commonMode.symbols,
};
