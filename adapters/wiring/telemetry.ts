import { createMetrics, type MetricsReading } from '#adapters/metrics/prometheus.ts';
import type { Alert } from '#core/alerts/types.ts';
import { ALL_SYMBOLS } from '#core/engine/guard-watch.ts';
import type { DecisionRecord, Transition } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import { byVenue, type VenueId } from '#core/market/types.ts';
import {
  type CONFLICTS,
  ERROR_CODES,
  type FEED_EVENTS,
  FRAME_KINDS,
  type RESULTS,
  STANDING_GUARD_CODES,
} from '#core/metrics/labels.ts';
import { boundedLabel } from '#core/metrics.ts';
import type { Store } from '#core/ports/store.ts';
import { type Gauged, setGauges } from './gauges.ts';
import { orderResults } from './order-results.ts';

/** Counts what a run does, in the series of the catalogue. */
export class RunTelemetry {
  /** Committed decisions of this run. */
  decisions = 0;
  readonly #metrics;
  readonly #frames: Readonly<Record<VenueId, Readonly<Record<string, { inc(): void }>>>>;
  #symbols: readonly string[] = [];
  readonly #begun = new Set<string>();
  /** A commit was made since the last frame was measured. */
  #committed = false;
  #cpu = process.cpuUsage();
  #cpuAtMs = performance.now();
  #cpuPercent = 0;

  constructor(symbols: readonly string[], gauged: () => Gauged) {
    this.#metrics = createMetrics('run', () => {
      this.#metrics.cpu.set(this.#cpuPercent);
      setGauges(this.#metrics, this.#symbols, gauged());
    });
    const children = (venue: VenueId) =>
      Object.fromEntries(FRAME_KINDS.map((kind) => [kind, this.#metrics.frames.labels(venue, kind)]));
    this.#frames = byVenue(children);
    for (const guard of STANDING_GUARD_CODES) this.#metrics.guardTriggers.inc({ guard, symbol: ALL_SYMBOLS }, 0);
    this.watch(symbols);
  }

  /** The symbols that are watched from now on. */
  watch(symbols: readonly string[]): void {
    this.#symbols = symbols;
    const added = symbols.filter((symbol) => !this.#begun.has(symbol));
    for (const symbol of added) this.#begun.add(symbol);
    this.#metrics.begin(added);
  }

  get reading(): MetricsReading {
    return this.#metrics.reading;
  }

  frame(venue: VenueId, kind: string, tookMs: number): void {
    this.#frames[venue][kind]!.inc();
    this.#metrics.loopLatency.observe(tookMs / 1000);
    if (!this.#committed) return;
    this.#committed = false;
    this.#metrics.tickToCommit.observe(tookMs / 1000);
  }

  transition(transition: Transition, before: Pair | null): void {
    const { decision } = transition;
    for (const { venue, result } of orderResults(transition, before)) this.#metrics.orders.inc({ venue, result });
    if (decision === null) return;
    this.#committed = true;
    this.decisions++;
    this.#metrics.decisions.inc({ decision: decision.decision });
    if (decision.decision === 'ENTER' && decision.netEdge !== null)
      this.#metrics.netEdge.observe({ symbol: decision.symbol }, decision.netEdge * 10_000);
  }

  refusal({ decision, code, symbol }: DecisionRecord): void {
    if (decision === 'REFUSED' || decision === 'HELD') this.#metrics.guardTriggers.inc({ guard: code, symbol });
  }

  alert({ severity, kind }: Alert): void {
    if (kind === 'fired') this.#metrics.alerts.inc({ severity });
  }

  snapshot(result: (typeof RESULTS)[number]): void {
    this.#metrics.snapshotSaves.inc({ result });
  }

  restored(times: number): void {
    this.#metrics.snapshotRestores.inc({ result: 'ok' }, times);
  }

  conflict(kind: (typeof CONFLICTS)[number]): void {
    this.#metrics.conflicts.inc({ kind });
  }

  feedEvent(venue: VenueId, event: (typeof FEED_EVENTS)[number]): void {
    this.#metrics.feedEvents.inc({ venue, event });
  }

  roundTrip(venue: VenueId, ms: number): void {
    this.#metrics.wsLatency.observe({ venue }, ms / 1000);
  }

  error(code: string): void {
    this.#metrics.errors.inc({ code: boundedLabel(code, ERROR_CODES) });
  }

  /** Measures the CPU since the last call; meant for once a second. */
  sampleCpu(): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = nowMs - this.#cpuAtMs;
    if (elapsedMs < 100) return;
    this.#cpuPercent = (user + system) / 10 / elapsedMs;
    this.#cpu = process.cpuUsage();
    this.#cpuAtMs = nowMs;
  }

  get cpuPercent(): number {
    return this.#cpuPercent;
  }

  /** The store with its commits timed. */
  timed(store: Store): Store {
    const { storeCommit } = this.#metrics;
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
