import type { PaperMemory } from '#adapters/broker/paper.ts';
import type { RecordedEvent } from '#adapters/recording/sidecars.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Store } from '#core/ports/store.ts';

/** Makes one call, or lets it fail; `call` is its number within the run, counted from 1. */
export type AroundCall = <T>(call: number, make: () => T) => T;

interface Called {
  readonly store: Store;
  readonly memory: PaperMemory;
}

/**
 * Numbers whatever a machine asks of its store and of the paper venues' memory. Equal events make equal calls, so a failure is known by
 * its number: a run records it, and a replay lets the same call fail.
 */
export function aroundCalls({ store, memory }: Called, around: AroundCall): Called {
  let calls = 0;
  const next = <T>(make: () => T): T => around(++calls, make);
  return {
    store: {
      ...store,
      commit: (request) => next(() => store.commit(request)),
      hold: (request) => next(() => store.hold(request)),
      seedBalances: (balances) => next(() => store.seedBalances(balances)),
      record: (decisions, alerts) => next(() => store.record(decisions, alerts)),
    },
    memory: {
      get: (orderId) => next(() => memory.get(orderId)),
      put: (orderId, execution) => next(() => memory.put(orderId, execution)),
    },
  };
}

/** Tells of each call that failed. */
export function tellingFailures(tell: (call: number) => void): AroundCall {
  return (call, make) => {
    try {
      return make();
    } catch (error) {
      tell(call);
      throw error;
    }
  };
}

/** A recorded failure, met again by a replay. */
export class RepeatedFailure extends TwinlegError {
  constructor(call: number) {
    super('STORE_FAILED', `call ${call} of the store failed in the recorded run`, 'none: the replay repeats it');
  }
}

/** Lets the calls fail that failed in the recorded run. */
export function repeatingFailures(calls: ReadonlySet<number>): AroundCall {
  return (call, make) => {
    if (calls.has(call)) throw new RepeatedFailure(call);
    return make();
  };
}

/** Changes the control just before the commits that found it changed in the recorded run. */
export function withControlsAtCommits(store: Store, scheduled: readonly RecordedEvent[]): Store {
  const controls = new Map(
    scheduled.map((event) => (event.kind === 'control' ? [event.atCommit, event.control] : [null, null])),
  );
  if (controls.size === 0) return store;
  const found = (ordinal: number) => {
    const control = controls.get(ordinal);
    if (control) store.putControl(control);
  };
  return {
    ...store,
    commit(request) {
      found(request.ordinal);
      return store.commit(request);
    },
    hold(request) {
      found(request.ordinal);
      return store.hold(request);
    },
  };
}
