import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import type { Interest, Unsent } from '#core/gateway/interest.ts';
import type { GuardTriggers } from '#core/ports/records.ts';
import { type Gauged, setGauges } from './gauges.ts';
import { ProcessTelemetry } from './process-telemetry.ts';
import { StoredTriggers } from './stored-triggers.ts';

/** What only a gateway has, as it is now. */
export interface GatewayGauged extends Gauged {
  readonly leads: boolean;
  /** Ticks that were kept back as they could change no decision. */
  readonly filtered: number;
  /** Ticks that wait for their queue or are under way to it. */
  readonly waiting: number;
}

/** Counts what a gateway does, in the series of the catalogue. */
export class GatewayTelemetry extends ProcessTelemetry<Metrics<'gateway'>> {
  #filtered = 0;
  readonly #triggers = new StoredTriggers();

  constructor(symbols: readonly string[], gauged: () => GatewayGauged) {
    const metrics = createMetrics('gateway', () => {
      const now = gauged();
      metrics.cpu.set(this.cpuPercent);
      setGauges(metrics, this.symbols, now);
      metrics.leader.set(now.leads ? 1 : 0);
      metrics.queueMessages.set({ queue: 'ticks' }, now.waiting);
      metrics.ticksFiltered.inc({ reason: 'not_interesting' }, now.filtered - this.#filtered);
      this.#filtered = now.filtered;
    });
    super(metrics, symbols);
  }

  /** The store's count is told by `triggered`: this process's own refusals are among them. */
  override refusal(_record: DecisionRecord): void {}

  /** What the store has. */
  triggered(stored: readonly GuardTriggers[]): void {
    for (const { guard, symbol, count } of this.#triggers.since(stored))
      this.metrics.guardTriggers.inc({ guard, symbol }, count);
  }

  sent(interest: Interest): void {
    this.metrics.ticksSent.inc({ reason: interest });
  }

  unsent(reason: Unsent, count: number): void {
    this.metrics.ticksFiltered.inc({ reason }, count);
  }
}
