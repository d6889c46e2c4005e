import type { GuardContext } from '../guards/types.ts';
import type { Market } from '../market/market.ts';
import type { EntryWish } from '../strategy/types.ts';
import type { SymbolState } from './state.ts';
import type { StepWorld } from './world.ts';

/** What the guards look at for a wanted entry. */
export function guardContext(
  state: SymbolState,
  market: Market,
  nowMs: number,
  wish: EntryWish,
  world: StepWorld,
): GuardContext {
  const { symbol, cooldownUntilMs, losses } = state;
  const { settings, control, exposure, balances, draining, tally, outside, liveness } = world;
  return {
    nowMs,
    symbol,
    market,
    wish,
    cooldownUntilMs,
    losses,
    control,
    draining,
    exposure,
    balances,
    settings,
    tally,
    outside,
    liveness,
  };
}
