import type { Order } from '../execution/types.ts';
import type { Refusal, StepResult, Transition } from './state.ts';
import type { StepEvent } from './step.ts';

/** A conflict that does not go away in so many attempts means another writer: the event is given up and counted. */
const MAX_ATTEMPTS = 3;

/** What an event asks of whoever drives it; `commit` is answered with whether it was committed, the rest with nothing. */
export type Drive =
  | { readonly kind: 'commit'; readonly transition: Transition }
  /** Leave now that what allows them is committed. */
  | { readonly kind: 'send'; readonly place: readonly Order[]; readonly query: readonly Order[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Other writers were in the way each time. */
  | { readonly kind: 'given_up' };

/** What a driver knows of its symbol. */
export interface Driven {
  /** The step, asked of the symbol's state as it is known now. */
  ask(event: StepEvent): StepResult;
  /** The moment at which a planned entry's orders would leave, ms. */
  nowMs(): number;
}

/**
 * The rule by which every driver brings one event of one symbol to its end: asked, committed, and only then may orders
 * leave; a conflict asks again of what was learnt from it; a planned entry goes on at once. Written once, driven by calls
 * in one process and by awaits in a function.
 *
 * @param first what the step answered to the event
 */
export function* drive(
  event: StepEvent,
  first: StepResult,
  driven: Driven,
): Generator<Drive, void, boolean | undefined> {
  let result = first;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (result === null) return;
    if (result.kind === 'query') {
      yield { kind: 'send', place: [], query: result.query };
      return;
    }
    if (result.kind === 'refusal') {
      yield { kind: 'refused', refusal: result };
      return;
    }
    const committed = yield { kind: 'commit', transition: result };
    if (committed) {
      yield { kind: 'send', place: result.send, query: result.query };
      if (event.kind !== 'tick' || result.pair.state !== 'PLANNED') return;
      const proceed = { kind: 'proceed', atMs: driven.nowMs(), market: event.tick.market } as const;
      yield* drive(proceed, driven.ask(proceed), driven);
      return;
    }
    result = driven.ask(event);
  }
  yield { kind: 'given_up' };
}
