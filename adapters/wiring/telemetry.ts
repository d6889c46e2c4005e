import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import { RefusalAlerts } from '#core/alerts/refusals.ts';
import type { DecisionRecord, Transition } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import type { VenueId } from '#core/market/types.ts';
import type { COMMAND_POLLS, CONFLICTS, RESULTS } from '#core/metrics/labels.ts';
import type { Store } from '#core/ports/store.ts';
import { type Gauged, setSystem, setTrading } from './gauges.ts';
import { MessagingCounts } from './messaging-counts.ts';
import { orderResults } from './order-results.ts';
import { ProcessTelemetry } from './process-telemetry.ts';

/** What only a run has, as it is now. */
interface RunGauged extends Gauged {
  /** Pieces of work that are due later. */
  readonly scheduled: number;
}

/** Counts what a run does, in the series of the catalogue. */
export class RunTelemetry extends ProcessTelemetry<Metrics<'run'>> {
  /** Committed decisions of this run. */
  decisions = 0;
  readonly refusals = new RefusalAlerts();
  readonly messaging: MessagingCounts;
  /** A commit was made since the last frame was measured. */
  #committed = false;

  constructor(symbols: readonly string[], clock: () => number, gauged: () => RunGauged) {
    const metrics = createMetrics('run', () => {
      const now = gauged();
      metrics.cpu.set(this.cpuPercent);
      setTrading(metrics, this.symbols, now);
      setSystem(metrics, now);
      metrics.queueMessages.set({ queue: 'work' }, now.scheduled);
      if (now.outside.freeBytes !== null) metrics.diskFree.set(now.outside.freeBytes);
    });
    super(metrics, symbols, clock);
    this.messaging = new MessagingCounts(metrics);
  }

  override frame(venue: VenueId, kind: string, tookMs: number, atMs: number): void {
    super.frame(venue, kind, tookMs, atMs);
    if (!this.#committed) return;
    this.#committed = false;
    this.metrics.tickToCommit.observe(tookMs / 1000);
  }

  transition(transition: Transition, before: Pair | null): void {
    const { decision } = transition;
    for (const { venue, result } of orderResults(transition, before)) this.metrics.orders.inc({ venue, result });
    if (decision === null) return;
    this.#committed = true;
    this.decisions++;
    this.metrics.decisions.inc({ decision: decision.decision });
    if (decision.decision === 'ENTER') this.activity.entries.add(decision.atMs);
    if (decision.decision === 'ENTER' && decision.netEdge !== null)
      this.metrics.netEdge.observe({ symbol: decision.symbol }, decision.netEdge * 10_000);
  }

  override refusal(record: DecisionRecord): void {
    super.refusal(record);
    if (record.decision === 'REFUSED') this.activity.refusals.add(record.atMs);
    this.refusals.record(record);
  }

  alertsWaiting(oldestMs: number): void {
    this.metrics.alertOldestWaiting.set(oldestMs / 1000);
  }

  commandPoll(result: (typeof COMMAND_POLLS)[number]): void {
    this.metrics.commandPolls.inc({ result });
  }

  snapshot(result: (typeof RESULTS)[number]): void {
    this.metrics.snapshotSaves.inc({ result });
  }

  restored(result: (typeof RESULTS)[number], times: number): void {
    this.metrics.snapshotRestores.inc({ result }, times);
  }

  conflict(kind: (typeof CONFLICTS)[number]): void {
    this.metrics.conflicts.inc({ kind });
  }

  /** The store with its commits timed. */
  timed(store: Store): Store {
    const { storeCommit } = this.metrics;
    return {
      ...store,
      commit(request) {
        const startedMs = performance.now();
        try {
          return store.commit(request);
        } finally {
          storeCommit.observe((performance.now() - startedMs) / 1000);
        }
      },
    };
  }
}
