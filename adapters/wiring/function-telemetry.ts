import type { DeliveredTick } from '#adapters/bus/sqs/message.ts';
import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import type { EngineObserver } from '#core/engine/engine.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import { InvocationTelemetry } from './invocation-telemetry.ts';
import type { Judged } from './judge.ts';
import { orderResults } from './order-results.ts';
import { Waits } from './waits.ts';

/** Counts what the functions do that trade: what they decided, what became of it, and how long it took. */
export class FunctionTelemetry extends InvocationTelemetry<Metrics<'function'>> {
  readonly #waits = new Waits();
  readonly #now: () => number;
  /** When the tick that is judged now came from its venue, ms. */
  #receivedAtMs: number | null = null;

  constructor(now: () => number) {
    const metrics = createMetrics('function', () => metrics.memory.set(process.memoryUsage.rss()));
    super(metrics);
    this.#now = now;
  }

  /** The judgement of one tick, with its way here and our own part of the time that it took. */
  async judging({ tick, sentAtMs }: DeliveredTick, judge: () => Promise<Judged>): Promise<Judged> {
    this.metrics.tickTransit.observe(Math.max(0, this.#now() - sentAtMs) / 1000);
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
      this.metrics.loopLatency.observe(ownMs / 1000);
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
          this.metrics.storeCommit.observe((performance.now() - startedMs) / 1000);
        }
      },
    };
  }

  observing(observer: EngineObserver): EngineObserver {
    return {
      ...observer,
      transition: (transition, before) => {
        observer.transition(transition, before);
        for (const { venue, result } of orderResults(transition, before)) this.metrics.orders.inc({ venue, result });
        const { decision } = transition;
        if (decision === null) return;
        this.metrics.decisions.inc({ decision: decision.decision });
        if (this.#receivedAtMs === null) return;
        this.metrics.tickToCommit.observe(Math.max(0, this.#now() - this.#receivedAtMs) / 1000);
      },
      conflict: (kind) => {
        observer.conflict(kind);
        this.metrics.conflicts.inc({ kind });
      },
    };
  }
}
