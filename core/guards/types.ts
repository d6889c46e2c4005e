import type { GUARD_ALERTS } from '../alerts/catalogue/guards.ts';
import type { Settings } from '../engine/settings.ts';
import type { ControlState } from '../engine/state.ts';
import type { Liveness, Market } from '../market/market.ts';
import type { Balances, Exposure } from '../portfolio/portfolio.ts';
import type { EntryWish } from '../strategy/types.ts';
import type { Losses } from './losses.ts';
import type { Outside } from './outside.ts';
import type { Tally } from './tally.ts';

/** The order in which tiers are asked. */
export type GuardTier = 'global' | 'portfolio' | 'symbol';

export type GuardValue = number | string | boolean | null;

/** What concerns all symbols alike. Nothing here changes while a guard is asked. */
export interface GlobalView {
  readonly nowMs: number;
  readonly settings: Settings;
  readonly control: ControlState;
  /** Results and entries of the whole account. */
  readonly tally: Tally;
  /** What was measured outside the engine. */
  readonly outside: Outside;
  readonly liveness: Readonly<Liveness>;
}

/** What a guard may look at for one wanted entry. */
export interface GuardContext extends GlobalView {
  readonly symbol: string;
  readonly market: Market;
  readonly wish: EntryWish;
  readonly cooldownUntilMs: number | null;
  readonly losses: Losses;
  /** A clean stop is under way: nothing new begins. */
  readonly draining: boolean;
  readonly exposure: Exposure;
  readonly balances: Balances;
}

interface GuardText {
  /** Upper snake case, as users see it. */
  readonly code: string;
  readonly tier: GuardTier;
  /** Stays in force with `--no-guards`, as it belongs to SPEC §4 or to the operator's own word. */
  readonly always: boolean;
  /** The loss that it is there to avoid, in one sentence. */
  readonly protectsFrom: string;
  /** Dotted path of the configuration key that holds its limit; null where it has none. */
  readonly key: string | null;
}

/** One reason to hold an entry back. One file each; `index.ts` is the order. */
export interface Guard extends GuardText {
  /** `refuse` holds one entry back, the others set the trading state. */
  readonly does: 'HALTED' | 'REDUCE_ONLY' | 'refuse';
  /** Asked on every wanted entry; must be cheap and must not allocate. */
  passes(context: GuardContext): boolean;
  /** What was measured and what it was held against, for the record. */
  value(context: GuardContext): GuardValue;
  limit(context: GuardContext): GuardValue;
}

/** A guard whose condition concerns all symbols: while it does not pass, the trading state is REDUCE_ONLY. */
export interface StandingGuard extends GuardText {
  /** Its alert has the same code. */
  readonly code: keyof typeof GUARD_ALERTS;
  readonly tier: 'global';
  readonly does: 'REDUCE_ONLY';
  passes(view: GlobalView): boolean;
  value(view: GlobalView): GuardValue;
  limit(view: GlobalView): GuardValue;
  /** What happened, for the operator, with figures. */
  reason(view: GlobalView): string;
}

/** A guard's answer as it is kept with a decision. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly value: GuardValue;
  readonly limit: GuardValue;
}
