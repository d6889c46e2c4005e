import { rateDeviation } from '../features/signals.ts';
import type { Guard, GuardContext } from './types.ts';

function deviation({ market: { fx, signals } }: GuardContext): number {
  return rateDeviation((fx.bid + fx.ask) / 2, signals);
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
