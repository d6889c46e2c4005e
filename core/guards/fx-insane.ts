import type { Guard, GuardContext } from './types.ts';

function distance(rate: number, from: number): number {
  return Number.isNaN(from) ? 0 : Math.abs(rate / from - 1);
}

/** How far KRW-USDT is from the median that the coins imply and from its own of five minutes, whichever is farther. */
function deviation({ market: { fx, signals } }: GuardContext): number {
  const rate = (fx.bid + fx.ask) / 2;
  return Math.max(distance(rate, signals.impliedRate), distance(rate, signals.fxMedian));
}

/** KRW-USDT away from what all coins say, or from its own past. Protects from one bad quote that opens every symbol. */
export const fxInsane: Guard = {
  code: 'FX_INSANE',
  tier: 'global',
  always: false,
  does: 'refuse',
  protectsFrom: 'one wrong quote of KRW-USDT that makes every coin look like a bargain',
  key: 'guards.fxInsane.maxDeviation',
  passes(context) {
    const { maxDeviation } = context.settings.guards.fxInsane;
    return maxDeviation === null || deviation(context) <= maxDeviation;
  },
  value: deviation,
  limit: (context) => context.settings.guards.fxInsane.maxDeviation,
};
