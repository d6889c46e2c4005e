import type { Settings } from '../engine/settings.ts';
import type { ControlState } from '../engine/state.ts';
import type { Market } from '../market/market.ts';
import type { Balances, Exposure } from '../portfolio/portfolio.ts';
import type { EntryWish } from '../strategy/types.ts';

/** The order in which tiers are asked. */
export type GuardTier = 'global' | 'portfolio' | 'symbol';

export type GuardValue = number | string | boolean | null;

/** What a guard may look at. Nothing here changes while the chain is asked. */
export interface GuardContext {
  readonly nowMs: number;
  readonly symbol: string;
  readonly market: Market;
  readonly wish: EntryWish;
  readonly cooldownUntilMs: number | null;
  readonly control: ControlState;
  /** A clean stop is under way: nothing new begins. */
  readonly draining: boolean;
  readonly exposure: Exposure;
  readonly balances: Balances;
  readonly settings: Settings;
}

/** One reason to hold an entry back. One file each; `index.ts` is the order. */
export interface Guard {
  /** Upper snake case, as users see it. */
  readonly code: string;
  readonly tier: GuardTier;
  /** Stays in force with `--no-guards`, as it belongs to SPEC §4 or to the operator's own word. */
  readonly always: boolean;
  /** Asked on every wanted entry; must be cheap and must not allocate. */
  passes(context: GuardContext): boolean;
  /** What was measured and what it was held against, for the record. */
  value(context: GuardContext): GuardValue;
  limit(context: GuardContext): GuardValue;
}

/** A guard's answer as it is kept with a decision. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly value: GuardValue;
  readonly limit: GuardValue;
}
