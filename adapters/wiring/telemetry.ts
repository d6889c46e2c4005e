import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import type { Transition } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import type { VenueId } from '#core/market/types.ts';
import type { CONFLICTS, RESULTS } from '#core/metrics/labels.ts';
import type { Store } from '#core/ports/store.ts';
import { type Gauged, setGauges } from './gauges.ts';
import { orderResults } from './order-results.ts';
import { ProcessTelemetry } from './process-telemetry.ts';

/** Counts what a run does, in the series of the catalogue. */
export class RunTelemetry extends ProcessTelemetry<Metrics<'run'>> {
  /** Committed decisions of this run. */
  decisions = 0;
  /** A commit was made since the last frame was measured. */
  #committed = false;

  constructor(symbols: readonly string[], gauged: () => Gauged) {
    const metrics = createMetrics('run', () => {
      const now = gauged();
      metrics.cpu.set(this.cpuPercent);
      setGauges(metrics, this.symbols, now);
      if (now.outside.freeBytes !== null) metrics.diskFree.set(now.outside.freeBytes);
    });
    super(metrics, symbols);
  }

  override frame(venue: VenueId, kind: string, tookMs: number): void {
    super.frame(venue, kind, tookMs);
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
    if (decision.decision === 'ENTER' && decision.netEdge !== null)
      this.metrics.netEdge.observe({ symbol: decision.symbol }, decision.netEdge * 10_000);
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
