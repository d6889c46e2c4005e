import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { type Alert, SEVERITIES } from '#core/alerts/types.ts';
import { ALL_SYMBOLS } from '#core/engine/guard-watch.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import type { DecisionRecord, TradingState, Transition } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import { GUARDS, STANDING_GUARDS } from '#core/guards/index.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import { type Direction, VENUES, type VenueId } from '#core/market/types.ts';
import { FEED_EVENTS, type FeedState } from '../venues/feed.ts';
import { FRAME_KINDS } from './intake.ts';
import { ORDER_RESULTS, orderResults } from './order-results.ts';

const TRADING_STATES: readonly TradingState[] = ['ACTIVE', 'REDUCE_ONLY', 'HALTED'];
const DECISIONS: readonly DecisionRecord['decision'][] = ['ENTER', 'EXIT', 'EXPIRED'];
const MESSAGE_RESULTS = ['sent', 'failed', 'unknown', 'limited', 'refused'] as const;
const WEBHOOK_RESULTS = ['accepted', 'unsigned', 'forged', 'malformed'] as const;
const COMMAND_RESULTS = ['answered', 'confirmed', 'failed', 'unknown', 'refused'] as const;
const CONFLICTS = ['control', 'state', 'headroom', 'pace', 'given_up'];
const ERRORS = ['INTERNAL', 'STORE_BUSY', 'STORE_FAILED', 'STORE_CORRUPT', 'DISK_FULL'];

/** What the gauges are read from at each scrape. */
export interface Gauged {
  readonly machine: TradingMachine;
  readonly kpi: KpiBook;
  readonly uptimeMs: number;
  feed(venue: VenueId): FeedState;
}

/** Counts what a run does, in the series of the catalogue. */
export class RunTelemetry {
  /** Committed decisions of this run. */
  decisions = 0;
  readonly #metrics;
  readonly #gauged: () => Gauged;
  readonly #frames: Readonly<Record<VenueId, Readonly<Record<string, { inc(): void }>>>>;
  #symbols: readonly string[] = [];
  readonly #begun = new Set<string>();
  /** A commit was made since the last frame was measured. */
  #committed = false;
  #cpu = process.cpuUsage();
  #cpuAtMs = performance.now();
  #cpuPercent = 0;

  constructor(symbols: readonly string[], gauged: () => Gauged) {
    this.#gauged = gauged;
    this.#metrics = createMetrics(() => this.#collect());
    const children = (venue: VenueId) =>
      Object.fromEntries(FRAME_KINDS.map((kind) => [kind, this.#metrics.frames.labels(venue, kind)]));
    this.#frames = { binance: children('binance'), upbit: children('upbit') };
    this.#beginAtZero();
    this.watch(symbols);
  }

  /** The symbols that are watched from now on; a counter that first appears at 1 has no increase. */
  watch(symbols: readonly string[]): void {
    this.#symbols = symbols;
    for (const symbol of symbols) {
      if (this.#begun.has(symbol)) continue;
      this.#begun.add(symbol);
      for (const { code } of GUARDS) this.#metrics.guardTriggers.inc({ guard: code, symbol }, 0);
      this.#metrics.netEdge.zero({ symbol });
    }
  }

  get contentType(): string {
    return this.#metrics.contentType;
  }

  render(): Promise<string> {
    return this.#metrics.render();
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

  snapshot(result: 'ok' | 'failed'): void {
    this.#metrics.snapshotSaves.inc({ result });
  }

  restored(times: number): void {
    this.#metrics.snapshotRestores.inc({ result: 'ok' }, times);
  }

  conflict(kind: string): void {
    this.#metrics.conflicts.inc({ kind });
  }

  feedEvent(venue: VenueId, event: string): void {
    this.#metrics.feedEvents.inc({ venue, event });
  }

  roundTrip(venue: VenueId, ms: number): void {
    this.#metrics.wsLatency.observe({ venue }, ms / 1000);
  }

  error(code: string): void {
    this.#metrics.errors.inc({ code });
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

  /** Each counter exists from the start. */
  #beginAtZero(): void {
    const metrics = this.#metrics;
    for (const { code } of STANDING_GUARDS) metrics.guardTriggers.inc({ guard: code, symbol: ALL_SYMBOLS }, 0);
    for (const decision of DECISIONS) metrics.decisions.inc({ decision }, 0);
    for (const severity of SEVERITIES) metrics.alerts.inc({ severity }, 0);
    for (const result of MESSAGE_RESULTS) metrics.alertMessages.inc({ result }, 0);
    for (const result of WEBHOOK_RESULTS) metrics.webhooks.inc({ result }, 0);
    for (const result of COMMAND_RESULTS) metrics.commands.inc({ result }, 0);
    for (const kind of CONFLICTS) metrics.conflicts.inc({ kind }, 0);
    for (const code of ERRORS) metrics.errors.inc({ code }, 0);
    for (const result of ['ok', 'failed']) {
      metrics.snapshotSaves.inc({ result }, 0);
      metrics.snapshotRestores.inc({ result }, 0);
    }
    for (const venue of VENUES) {
      for (const result of ORDER_RESULTS) metrics.orders.inc({ venue, result }, 0);
      for (const event of FEED_EVENTS) metrics.feedEvents.inc({ venue, event }, 0);
      metrics.wsLatency.zero({ venue });
    }
  }

  #collect(): void {
    const metrics = this.#metrics;
    const { machine, kpi, uptimeMs, feed } = this.#gauged();
    const { engine, joiner } = machine;
    const report = kpi.report();
    metrics.trades.reset();
    for (const symbol of new Set([...this.#symbols, ...Object.keys(report.symbols)])) {
      metrics.trades.inc({ symbol }, report.symbols[symbol]?.trades ?? 0);
      metrics.pnl.set({ symbol }, report.symbols[symbol]?.pnlUsdt ?? 0);
    }
    metrics.winRate.set(report.total.winRate ?? 0);
    metrics.openPositions.set(engine.exposure.positions);
    for (const [direction, usdt] of Object.entries(engine.exposure.byDirection)) {
      metrics.exposure.set({ direction: direction as Direction }, Number(usdt));
    }
    const naked = engine.states.filter(({ pair }) => pair !== null && pair.nakedSinceMs !== null);
    metrics.nakedNotional.set(naked.reduce((total, { pair }) => total + pair!.entryNotional, 0));
    for (const [key, quantity] of engine.inventory.held) {
      const [venue = '', asset = ''] = key.split(':');
      metrics.inventory.set({ venue, asset }, Number(quantity));
    }
    for (const state of TRADING_STATES)
      metrics.tradingState.set({ state }, state === engine.control.tradingState ? 1 : 0);
    if (joiner.fx.receivedAtMs >= 0) {
      metrics.fxRate.set({ side: 'bid' }, joiner.fx.bid);
      metrics.fxRate.set({ side: 'ask' }, joiner.fx.ask);
    }
    metrics.ticks.reset();
    metrics.ticks.inc(joiner.seq);
    for (const venue of VENUES) {
      const { connected, lastFrameAgeMs } = feed(venue);
      metrics.connected.set({ venue }, connected ? 1 : 0);
      if (lastFrameAgeMs !== null) metrics.lastFrameAge.set({ venue }, lastFrameAgeMs / 1000);
    }
    metrics.cpu.set(this.#cpuPercent);
    metrics.memory.set(process.memoryUsage.rss());
    metrics.uptime.set(uptimeMs / 1000);
  }
}
