import { randomUUID } from 'node:crypto';
import { withHold } from '#core/engine/control.ts';
import { minuteIsFull } from '#core/guards/tally.ts';
import { changeExposure } from '#core/portfolio/portfolio.ts';
import type { CommitRequest, CommitResult } from '#core/ports/store.ts';
import type { TableAccess } from './access.ts';
import { failureOf } from './errors.ts';
import { Attempts, type Patience } from './retry.ts';
import { changedTally, drawPlace } from './tally.ts';
import { commitItems, type Making } from './transaction.ts';
import { conflictOn, type RawView, readView, type SharedView } from './view.ts';

/** What was last seen of what all symbols share; a commit that goes by something old is refused and reads again. */
export interface Memory {
  shared: SharedView | null;
}

interface CommitParts {
  readonly access: TableAccess;
  readonly making: Making;
  readonly memory: Memory;
  /** Of a decided entry: it has to be committed before it expires. */
  readonly entryPatience: Patience;
  readonly patience: Patience;
}

/**
 * One transition as one transaction. What is refused by a condition is read again: the own mark found means that an
 * answer was lost and the work is done; a condition that does not hold is the answer; else only what all symbols share
 * had moved, and it is tried again.
 */
export async function commitTransition(request: CommitRequest, parts: CommitParts): Promise<CommitResult> {
  const { access, making, memory } = parts;
  const { transition } = request;
  const { symbol } = transition.next;
  const writer = randomUUID();
  const attempts = new Attempts(transition.tally?.kind === 'entry' ? parts.entryPatience : parts.patience);
  const read = async () => remember(memory, await access.repeat(() => readView(access, making.keys, symbol)));
  let shared = memory.shared ?? sharedOf(await read());
  if (minuteIsFull(shared.tally.tally, transition.tally, request.caps.maxEntriesPerMinute)) {
    const view = await read();
    const conflict = conflictOn(request, view);
    if (conflict !== null) return conflict;
    shared = sharedOf(view);
  }
  // Drawn anew only after a read: a request that is repeated has to be the same one.
  const draw = () => drawPlace(shared.tally, transition.tally, request.caps.maxEntriesPerMinute);
  let place = draw();
  /** What is there now: the work is done, or cannot be; null: it is worth another try. */
  async function look(): Promise<CommitResult | null> {
    const view = await read();
    if (view.writer === writer) return committed(request, sharedOf(view));
    shared = sharedOf(view);
    place = draw();
    return conflictOn(request, view);
  }
  for (;;) {
    let failed: unknown;
    try {
      await access.transact(commitItems(request, { writer, place, ...shared }, making));
      memory.shared = after(request, shared, place);
      return committed(request, memory.shared);
    } catch (error) {
      failed = error;
    }
    const failure = failureOf(failed);
    if (failure === 'fatal') throw access.told(failed);
    if (failure === 'condition') {
      const answer = await look();
      if (answer !== null) return answer;
    }
    if (await attempts.again()) {
      // Reads are not in anybody's way: what can no longer be committed is not tried again.
      const answer = failure === 'contended' ? await look() : null;
      if (answer !== null) return answer;
      continue;
    }
    // The last answer may be lost alone: whether the work was done decides what becomes of the orders.
    if (failure === 'unknown') {
      const view = await read();
      if (view.writer === writer) return committed(request, sharedOf(view));
    }
    throw access.told(failed);
  }
}

function committed({ transition }: CommitRequest, { exposure, tally, control }: SharedView): CommitResult {
  return { ok: true, exposure, tally: tally.tally, control: transition.hold === null ? null : control };
}

/** What all symbols share, as this commit leaves it where nobody else wrote meanwhile. */
function after(
  { transition }: CommitRequest,
  { control, exposure, tally }: SharedView,
  place: number | null,
): SharedView {
  const { exposure: change, tally: counted, hold } = transition;
  return {
    control: hold === null ? control : withHold(control, hold),
    exposure: change === null ? exposure : changeExposure(exposure, change),
    tally: counted === null ? tally : changedTally(tally, counted, place),
  };
}

function sharedOf({ control, exposure, storedTally }: RawView): SharedView {
  return { control, exposure, tally: storedTally };
}

export function remember(memory: Memory, view: RawView): RawView {
  memory.shared = sharedOf(view);
  return view;
}
