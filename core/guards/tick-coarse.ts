import { krwTick } from '../market/instrument.ts';
import type { Guard, GuardContext } from './types.ts';

/** Upbit's price step ÷ its best bid, basis points. */
function tickBps({ market, settings, symbol }: GuardContext): number {
  const price = market.upbit.bid.price[0]!;
  const tick = settings.rules.get(symbol)!.tick.upbit;
  return (Number(tick === 'krw' ? krwTick(price) : tick) / price) * 10_000;
}

/** Upbit's price step. Protects from coins on which one step eats the whole edge. */
export const tickCoarse: Guard = {
  code: 'TICK_COARSE',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'a coin on which one step of the price eats the whole edge',
  key: 'guards.tickCoarse.maxTickBps',
  passes(context) {
    const { maxTickBps } = context.settings.guards.tickCoarse;
    return maxTickBps === null || tickBps(context) <= maxTickBps;
  },
  value: tickBps,
  limit: (context) => context.settings.guards.tickCoarse.maxTickBps,
};
