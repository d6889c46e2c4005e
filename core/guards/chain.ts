import { isHolding } from '../engine/control.ts';
import type { EntryWish } from '../strategy/types.ts';
import type { Guard, GuardContext, Verdict } from './types.ts';

declare const approval: unique symbol;

/** An entry that every guard let pass. Only {@link GuardChain.ask} makes one, and only one of these becomes orders. */
export type ApprovedEntry = EntryWish & { readonly [approval]: true };

export type ChainAnswer =
  | { readonly approved: ApprovedEntry; readonly refusedBy: null }
  | { readonly approved: null; readonly refusedBy: Guard };

/** The ordered list of guards in force. */
export class GuardChain {
  readonly #guards: readonly Guard[];

  constructor(guards: readonly Guard[], guardsOn: boolean) {
    this.#guards = guardsOn ? guards : guards.filter((guard) => guard.always);
  }

  /** Asks each guard in order and stops at the first that refuses. */
  ask(context: GuardContext): ChainAnswer {
    const guards = this.#guards;
    for (let i = 0; i < guards.length; i++) {
      if (!mayPass(guards[i]!, context)) return { approved: null, refusedBy: guards[i]! };
    }
    return { approved: context.wish as ApprovedEntry, refusedBy: null };
  }

  /** Every guard's answer with value and limit, for a record or for the operator. */
  explain(context: GuardContext): Verdict[] {
    return this.#guards.map((guard) => ({
      name: guard.code,
      passed: mayPass(guard, context),
      value: guard.value(context),
      limit: guard.limit(context),
    }));
  }
}

/** A guard that set the trading state refuses until its hold is lifted, also where its condition has just gone. */
function mayPass(guard: Guard, context: GuardContext): boolean {
  return guard.passes(context) && (guard.does !== 'REDUCE_ONLY' || !isHolding(context.control, guard.code));
}
