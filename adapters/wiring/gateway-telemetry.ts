import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import { ALL_SYMBOLS } from '#core/engine/guard-watch.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import type { Interest, Unsent } from '#core/gateway/interest.ts';
import { PORTFOLIO_METRICS } from '#core/metrics/portfolio.ts';
import { TRADING_METRICS } from '#core/metrics/trading.ts';
import type { GuardTriggers } from '#core/ports/records.ts';
import { type Gauged, setSystem, setTrading } from './gauges.ts';
import { ProcessTelemetry } from './process-telemetry.ts';
import type { StoredFigures } from './stored-figures.ts';
import { StoredTriggers } from './stored-triggers.ts';

/** What only a gateway has, as it is now. */
export interface GatewayGauged extends Gauged {
  readonly leads: boolean;
  /** Ticks that were kept back as they could change no decision. */
  readonly filtered: number;
  /** Ticks that wait for their queue or are under way to it. */
  readonly waiting: number;
}

/** Counts what a gateway does, and tells what the store has of the work of others, in the series of the catalogue. */
export class GatewayTelemetry extends ProcessTelemetry<Metrics<'gateway'>> {
  #filtered = 0;
  readonly #triggers = new StoredTriggers();
  #snapshots: Awaited<ReturnType<StoredFigures['snapshots']>> | null = null;

  constructor(symbols: readonly string[], clock: () => number, gauged: () => GatewayGauged) {
    const metrics = createMetrics('gateway', () => {
      const now = gauged();
      metrics.cpu.set(this.cpuPercent);
      setSystem(metrics, now);
      // Two that tell the same money are one too many for a sum.
      if (now.leads) setTrading(metrics, this.symbols, now);
      else withdraw(metrics);
      metrics.leader.set(now.leads ? 1 : 0);
      metrics.queueMessages.set({ queue: 'ticks' }, now.waiting);
      metrics.ticksFiltered.inc({ reason: 'not_interesting' }, now.filtered - this.#filtered);
      this.#filtered = now.filtered;
    });
    super(metrics, symbols, clock);
  }

  /** The store's count is told by `triggered`: this process's own refusals are among them. */
  override refusal(_record: DecisionRecord): void {}

  /** What the store has. */
  triggered(stored: readonly GuardTriggers[]): void {
    for (const { guard, symbol, count } of this.#triggers.since(stored)) {
      this.metrics.guardTriggers.inc({ guard, symbol }, count);
      if (symbol !== ALL_SYMBOLS) this.activity.refusals.add(this.now(), count);
    }
  }

  /** @param netEdge as a ratio of the entry's notional */
  entry(symbol: string, netEdge: number): void {
    this.metrics.netEdge.observe({ symbol }, netEdge * 10_000);
    this.activity.entries.add(this.now());
  }

  alertsWaiting(oldestMs: number): void {
    this.metrics.alertOldestWaiting.set(oldestMs / 1000);
  }

  /** What the store has counted; what was there at the first look was told by whoever looked then. */
  snapshots(stored: Awaited<ReturnType<StoredFigures['snapshots']>>): void {
    const before = this.#snapshots ?? stored;
    this.metrics.snapshotSaves.inc({ result: 'ok' }, Math.max(0, stored.saved - before.saved));
    this.metrics.snapshotSaves.inc({ result: 'failed' }, Math.max(0, stored.failed - before.failed));
    this.#snapshots = stored;
  }

  /** @param times so far, as the store has it */
  restored(times: number): void {
    this.metrics.snapshotRestores.reset();
    this.metrics.snapshotRestores.inc({ result: 'ok' }, times);
    this.metrics.snapshotRestores.inc({ result: 'failed' }, 0);
  }

  sent(interest: Interest): void {
    this.metrics.ticksSent.inc({ reason: interest });
  }

  unsent(reason: Unsent, count: number): void {
    this.metrics.ticksFiltered.inc({ reason }, count);
  }
}

/** Of the store, as the gateway that leads tells it: gauges, and counters that are set to what the store has. */
const GAUGES = Object.entries({ ...TRADING_METRICS, ...PORTFOLIO_METRICS }).flatMap(
  ([id, { kind, sources, labels }]) =>
    kind === 'gauge' && sources.some((source) => source === 'gateway')
      ? [{ id, isPlain: Object.keys(labels).length === 0 }]
      : [],
);

/** Takes what the store has off the page. */
function withdraw(metrics: Metrics<'gateway'>): void {
  metrics.trades.reset();
  metrics.alertOldestWaiting.remove();
  for (const { id, isPlain } of GAUGES) {
    const gauge = metrics[id as 'winRate'];
    gauge.reset();
    // A reset gauge without labels stands at 0.
    if (isPlain) gauge.remove();
  }
}
