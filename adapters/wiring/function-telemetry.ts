import type { DeliveredTick } from '#adapters/bus/sqs/message.ts';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import type { EngineObserver } from '#core/engine/engine.ts';
import { type DEAD_LETTER_REASONS, ERROR_CODES, type FUNCTIONS, type PUSH_RESULTS } from '#core/metrics/labels.ts';
import { boundedLabel } from '#core/metrics.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Judged } from './judge.ts';
import { Waits } from './waits.ts';

export type FunctionName = (typeof FUNCTIONS)[number];

type LaidAside = (typeof DEAD_LETTER_REASONS)[number];
const REASONS: Readonly<Record<string, LaidAside>> = {
  late: 'too_old',
  failed: 'failed',
  unknown_symbol: 'unknown_symbol',
  unknown_version: 'unknown_version',
};

/** Counts what a function does, in the series of the catalogue; one in each execution environment. */
export class FunctionTelemetry {
  readonly #metrics = createMetrics('function', () => this.#metrics.memory.set(process.memoryUsage.rss()));
  readonly #waits = new Waits();
  readonly #now: () => number;
  /** When the tick that is judged now came from its venue, ms. */
  #receivedAtMs: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  get reading() {
    return this.#metrics.reading;
  }

  invoked(name: FunctionName, result: 'ok' | 'failed', seconds: number): void {
    this.#metrics.invocations.inc({ function: name, result });
    this.#metrics.invocationSeconds.observe({ function: name }, seconds);
  }

  pushed(result: (typeof PUSH_RESULTS)[number]): void {
    this.#metrics.pushes.inc({ result });
  }

  error(code: string): void {
    this.#metrics.errors.inc({ code: boundedLabel(code, ERROR_CODES) });
  }

  /** @param reason as the code or the reader of messages has it */
  laidAside(reason: string): void {
    this.#metrics.deadLetters.inc({ reason: REASONS[reason] ?? 'malformed' });
  }

  /** The judgement of one tick, with its way here and our own part of the time that it took. */
  async judging({ tick, sentAtMs }: DeliveredTick, judge: () => Promise<Judged>): Promise<Judged> {
    this.#metrics.tickTransit.observe(Math.max(0, this.#now() - sentAtMs) / 1000);
    this.#receivedAtMs = tick.receivedAtMs;
    const [startedMs, waitedMs] = [performance.now(), this.#waits.totalMs];
    try {
      const judged = await judge();
      if (judged === 'late') this.laidAside(judged);
      return judged;
    } catch (error) {
      this.laidAside('failed');
      throw error;
    } finally {
      const ownMs = performance.now() - startedMs - (this.#waits.totalMs - waitedMs);
      this.#metrics.loopLatency.observe(ownMs / 1000);
      this.#receivedAtMs = null;
    }
  }

  /** Work whose time is not ours. */
  waiting<Args extends unknown[], T>(work: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
    return (...args) => this.#waits.during(() => work(...args));
  }

  /** The store with its commits timed, and what is waited for it told from our own time. */
  timed(store: CloudStore): CloudStore {
    const { read, commit, record, hold, seedBalances, readInterest, venueOrders } = store;
    return {
      ...store,
      read: this.waiting(read),
      record: this.waiting(record),
      hold: this.waiting(hold),
      seedBalances: this.waiting(seedBalances),
      readInterest: this.waiting(readInterest),
      venueOrders: { get: this.waiting(venueOrders.get), keep: this.waiting(venueOrders.keep) },
      commit: async (request) => {
        const startedMs = performance.now();
        try {
          return await this.#waits.during(() => commit(request));
        } finally {
          this.#metrics.storeCommit.observe((performance.now() - startedMs) / 1000);
        }
      },
    };
  }

  observing(observer: EngineObserver): EngineObserver {
    return {
      ...observer,
      transition: (transition, before) => {
        observer.transition(transition, before);
        if (transition.decision === null || this.#receivedAtMs === null) return;
        this.#metrics.tickToCommit.observe(Math.max(0, this.#now() - this.#receivedAtMs) / 1000);
      },
      conflict: (kind) => {
        observer.conflict(kind);
        this.#metrics.conflicts.inc({ kind });
      },
    };
  }
}
