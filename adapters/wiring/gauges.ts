import type { Metrics } from '#adapters/metrics/prometheus.ts';
import type { FeedState } from '#adapters/venues/feed.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { rateDeviation } from '#core/features/signals.ts';
import { dayOf } from '#core/guards/day.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import { type Direction, VENUES, type VenueId } from '#core/market/types.ts';
import { STANDING_GUARD_CODES, TRADING_STATES } from '#core/metrics/labels.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import { setPortfolio } from './portfolio-gauges.ts';

/** What the gauges are read from. */
export interface Gauged {
  readonly machine: TradingMachine;
  readonly kpi: KpiBook;
  readonly portfolio: PortfolioReport;
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly storeOk: boolean;
  feed(venue: VenueId): FeedState;
}

/** Brings every gauge of a run up to date, and the counters that are the store's. */
export function setGauges(metrics: Metrics<'run'>, symbols: readonly string[], gauged: Gauged): void {
  setMoney(metrics, symbols, gauged);
  setControl(metrics, gauged);
  setSystem(metrics, gauged);
}

function setMoney(
  metrics: Metrics<'run'>,
  symbols: readonly string[],
  { machine, kpi, portfolio, nowMs }: Gauged,
): void {
  const { engine } = machine;
  const report = kpi.report(portfolio);
  metrics.trades.reset();
  for (const symbol of new Set([...symbols, ...Object.keys(report.symbols)])) {
    metrics.trades.inc({ symbol }, report.symbols[symbol]?.trades ?? 0);
    metrics.pnl.set({ symbol }, report.symbols[symbol]?.pnlUsdt ?? 0);
  }
  setPortfolio(metrics, symbols, engine, report, portfolio);
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
  const { settings, tally } = engine.world;
  const today = tally.day === dayOf(nowMs, settings.rolloverHour);
  metrics.dailyPnl.set(today ? Number(tally.dayPnlUsdt) : 0);
}

function setControl(metrics: Metrics<'run'>, { machine: { engine, joiner } }: Gauged): void {
  const { tradingState, holding } = engine.control;
  for (const state of TRADING_STATES) metrics.tradingState.set({ state }, state === tradingState ? 1 : 0);
  for (const guard of STANDING_GUARD_CODES) {
    metrics.guardHolding.set({ guard }, holding.some(({ code }) => code === guard) ? 1 : 0);
  }
  const { fx, signals } = joiner;
  if (fx.receivedAtMs < 0) return;
  metrics.fxRate.set({ side: 'bid' }, fx.bid);
  metrics.fxRate.set({ side: 'ask' }, fx.ask);
  metrics.fxDeviation.set(rateDeviation((fx.bid + fx.ask) / 2, signals));
}

function setSystem(metrics: Metrics<'run'>, { machine, uptimeMs, storeOk, feed }: Gauged): void {
  const { engine, joiner, sequencer } = machine;
  metrics.ticks.reset();
  metrics.ticks.inc(joiner.seq);
  for (const venue of VENUES) {
    const { connected, lastFrameAgeMs } = feed(venue);
    metrics.connected.set({ venue }, connected ? 1 : 0);
    if (lastFrameAgeMs !== null) metrics.lastFrameAge.set({ venue }, lastFrameAgeMs / 1000);
  }
  const { freeBytes, skewMs } = engine.world.outside;
  if (freeBytes !== null) metrics.diskFree.set(freeBytes);
  if (skewMs !== null) metrics.clockSkew.set(skewMs / 1000);
  metrics.storeUp.set(storeOk ? 1 : 0);
  metrics.queueMessages.set({ queue: 'work' }, sequencer.waiting);
  metrics.memory.set(process.memoryUsage.rss());
  metrics.uptime.set(uptimeMs / 1000);
}
