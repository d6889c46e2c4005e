import { type Interest, isOnlySeen, type Unsent } from '#core/gateway/interest.ts';
import type { Tick } from '#core/market/market.ts';
import type { SendFailure, TickMessage, TickSender } from '#core/ports/tick-sender.ts';

/** Requests under way to one queue at once: one that hangs must not hold up the next tick of another symbol. */
const MOST_REQUESTS = 2;
/** Messages of one request. */
const BATCH = 10;
/** A tick that was received longer ago decides nothing any more, ms. */
const TOO_OLD_MS = 2000;
/** After a failed request the queue is left alone for this long, doubled with each further one, ms. */
const PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** A heartbeat is in no hurry: it waits so long for those of the same queue, as a request and an invocation cost, ms. */
const TOGETHER_MS = 1000;

export interface OutboxParts {
  readonly sender: TickSender;
  /** Symbols with one queue share its requests. */
  readonly queueOf: (symbol: string) => string;
  /** A tick as text, as it is at this moment. */
  readonly encode: (tick: Tick) => string;
  readonly now: () => number;
  /** The tick is about to be handed over. */
  readonly leaves: (tick: Tick) => void;
  /** The queue answered for a symbol's tick, or will not. */
  readonly left: (symbol: string) => void;
  readonly sent: (interest: Interest, count: number) => void;
  readonly unsent: (why: Unsent, count: number) => void;
  readonly failed: (failure: SendFailure) => void;
}

interface Waiting {
  readonly tick: Tick;
  readonly interest: Interest;
}

/** What waits for one queue: at most one tick of each symbol. */
interface Lane {
  readonly waiting: Map<string, Waiting>;
  readonly leaving: Set<string>;
  requests: number;
  failures: number;
  retry: NodeJS.Timeout | null;
  /** Until the heartbeats that wait leave. */
  together: NodeJS.Timeout | null;
}

/**
 * Holds the newest tick of each symbol until its queue takes it. A tick that waits is not kept as it was: what leaves is
 * the symbol's newest at that moment, so memory is bounded by the number of symbols however long a queue is away.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #due = new Set<Lane>();
  #flush: NodeJS.Immediate | null = null;
  #closed = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Ticks that wait, and those that are under way. */
  get size(): number {
    let size = 0;
    for (const { waiting, leaving } of this.#lanes.values()) size += waiting.size + leaving.size;
    return size;
  }

  /** Queues that did not take what was sent last. */
  get failing(): number {
    let failing = 0;
    for (const { failures } of this.#lanes.values()) if (failures > 0) failing++;
    return failing;
  }

  /**
   * A tick that is to be sent; it leaves with all others of this turn of the loop, a heartbeat with others or a little later.
   *
   * @returns false where it need not: it would only be seen, and one of its symbol leaves anyway
   */
  offer(tick: Tick, interest: Interest): boolean {
    if (this.#closed) return false;
    const lane = this.#laneOf(tick.symbol);
    const before = lane.waiting.get(tick.symbol)?.interest;
    if (before !== undefined && isOnlySeen(interest)) return false;
    if (before !== undefined) this.#parts.unsent('conflated', 1);
    lane.waiting.set(tick.symbol, { tick, interest });
    if (lane.retry !== null) return true;
    if (interest !== 'heartbeat') this.#schedule(lane);
    else lane.together ??= setTimeout(() => this.#schedule(lane), TOGETHER_MS);
    return true;
  }

  /** Takes nothing more, and waits for what is under way. @returns whether all was answered in time */
  async close(withinMs: number): Promise<boolean> {
    this.#closed = true;
    for (const lane of this.#lanes.values()) if (lane.together !== null) this.#schedule(lane);
    const deadlineMs = performance.now() + withinMs;
    while (this.size > 0 && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const { retry } of this.#lanes.values()) if (retry !== null) clearTimeout(retry);
    return this.size === 0;
  }

  /** Leaves out whatever waits: the right to send is gone. */
  clear(): void {
    for (const { waiting } of this.#lanes.values()) waiting.clear();
  }

  #laneOf(symbol: string): Lane {
    const queue = this.#parts.queueOf(symbol);
    let lane = this.#lanes.get(queue);
    if (lane === undefined) {
      lane = { waiting: new Map(), leaving: new Set(), requests: 0, failures: 0, retry: null, together: null };
      this.#lanes.set(queue, lane);
    }
    return lane;
  }

  #schedule(lane: Lane): void {
    if (lane.together !== null) clearTimeout(lane.together);
    lane.together = null;
    this.#due.add(lane);
    this.#flush ??= setImmediate(() => {
      this.#flush = null;
      const lanes = [...this.#due];
      this.#due.clear();
      for (const due of lanes) this.#start(due);
    });
  }

  #start(lane: Lane): void {
    while (lane.requests < MOST_REQUESTS && lane.retry === null) {
      const batch = this.#take(lane);
      if (batch.length === 0) return;
      lane.requests++;
      void this.#send(lane, batch);
    }
  }

  #take(lane: Lane): { message: TickMessage; interest: Interest }[] {
    const { encode, leaves, now, unsent } = this.#parts;
    const batch: { message: TickMessage; interest: Interest }[] = [];
    for (const [symbol, { tick, interest }] of lane.waiting) {
      if (batch.length === BATCH) break;
      if (lane.leaving.has(symbol)) continue;
      lane.waiting.delete(symbol);
      if (now() - tick.receivedAtMs > TOO_OLD_MS) {
        unsent('too_old', 1);
        continue;
      }
      leaves(tick);
      lane.leaving.add(symbol);
      batch.push({ message: { symbol, body: encode(tick) }, interest });
    }
    return batch;
  }

  async #send(lane: Lane, batch: readonly { message: TickMessage; interest: Interest }[]): Promise<void> {
    const { sender, left, sent, unsent, failed } = this.#parts;
    const answer = await sender.send(batch.map(({ message }) => message));
    const refused = new Set(answer.failed.map(({ message }) => message.symbol));
    for (const { message, interest } of batch) {
      lane.leaving.delete(message.symbol);
      left(message.symbol);
      if (!refused.has(message.symbol)) sent(interest, 1);
    }
    if (refused.size > 0) unsent('queue_failed', refused.size);
    for (const failure of answer.failed) failed(failure);
    lane.requests--;
    lane.failures = refused.size < batch.length ? 0 : lane.failures + 1;
    if (lane.failures > 0) this.#pause(lane);
    else if (lane.waiting.size > 0) this.#schedule(lane);
  }

  #pause(lane: Lane): void {
    if (lane.retry !== null || this.#closed) return;
    const ms = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (lane.failures - 1));
    lane.retry = setTimeout(() => {
      lane.retry = null;
      this.#start(lane);
    }, ms);
  }
}
