import type { Metrics } from '#adapters/metrics/prometheus.ts';
import type { FeedState } from '#adapters/venues/feed.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import type { Settings } from '#core/engine/settings.ts';
import type { ControlState, SymbolState } from '#core/engine/state.ts';
import { rateDeviation } from '#core/features/signals.ts';
import { dayOf } from '#core/guards/day.ts';
import type { Outside } from '#core/guards/outside.ts';
import type { Tally } from '#core/guards/tally.ts';
import type { KpiBook, KpiReport } from '#core/kpi/index.ts';
import type { Joiner } from '#core/market/joiner.ts';
import { type Direction, VENUES, type VenueId } from '#core/market/types.ts';
import { STANDING_GUARD_CODES, TRADING_STATES } from '#core/metrics/labels.ts';
import type { Exposure } from '#core/portfolio/portfolio.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import { setPortfolio } from './portfolio-gauges.ts';

/** What both kinds of long-lived processes give. */
export type LongLived = Pick<Metrics<'run'>, keyof Metrics<'run'> & keyof Metrics<'gateway'>>;

/** The state of all symbols, be it the engine's own or as it was last read. */
export interface AccountView {
  readonly states: readonly SymbolState[];
  readonly exposure: Exposure;
  readonly control: ControlState;
  readonly tally: Tally;
  /** `venue:asset` → quantity. */
  readonly held: ReadonlyMap<string, string>;
}

/** What the gauges are read from. */
export interface Gauged {
  readonly account: AccountView;
  readonly settings: Settings;
  readonly joiner: Joiner;
  readonly outside: Outside;
  readonly kpi: KpiReport;
  /** Null where it is not known. */
  readonly portfolio: PortfolioReport | null;
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly storeOk: boolean;
  feed(venue: VenueId): FeedState;
}

/** What a machine that trades in this very process shows. */
export function gaugedMachine({ engine, joiner, sequencer }: TradingMachine, kpi: KpiBook, portfolio: PortfolioReport) {
  const { states, exposure, control, inventory, world } = engine;
  return {
    account: { states, exposure, control, tally: world.tally, held: inventory.held },
    kpi: kpi.report(portfolio),
    portfolio,
    settings: world.settings,
    joiner,
    outside: world.outside,
    scheduled: sequencer.waiting,
  };
}

/** Brings the gauges of what is traded up to date, and the counters that are the store's. */
export function setTrading(metrics: LongLived, symbols: readonly string[], gauged: Gauged): void {
  setMoney(metrics, symbols, gauged);
  setControl(metrics, gauged);
}

function setMoney(
  metrics: LongLived,
  symbols: readonly string[],
  { account, settings, kpi: report, portfolio, nowMs }: Gauged,
): void {
  metrics.trades.reset();
  for (const symbol of new Set([...symbols, ...Object.keys(report.symbols)])) {
    metrics.trades.inc({ symbol }, report.symbols[symbol]?.trades ?? 0);
    metrics.pnl.set({ symbol }, report.symbols[symbol]?.pnlUsdt ?? 0);
  }
  if (portfolio !== null) setPortfolio(metrics, symbols, account, report, portfolio);
  metrics.winRate.set(report.total.winRate ?? 0);
  metrics.openPositions.set(account.exposure.positions);
  for (const [direction, usdt] of Object.entries(account.exposure.byDirection)) {
    metrics.exposure.set({ direction: direction as Direction }, Number(usdt));
  }
  const naked = account.states.filter(({ pair }) => pair !== null && pair.nakedSinceMs !== null);
  metrics.nakedNotional.set(naked.reduce((total, { pair }) => total + pair!.entryNotional, 0));
  for (const [key, quantity] of account.held) {
    const [venue = '', asset = ''] = key.split(':');
    metrics.inventory.set({ venue, asset }, Number(quantity));
  }
  const { tally } = account;
  const today = tally.day === dayOf(nowMs, settings.rolloverHour);
  metrics.dailyPnl.set(today ? Number(tally.dayPnlUsdt) : 0);
}

function setControl(metrics: LongLived, { account, joiner }: Gauged): void {
  const { tradingState, holding } = account.control;
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

/** Brings the gauges of the process itself up to date. */
export function setSystem(metrics: LongLived, { joiner, outside, uptimeMs, storeOk, feed }: Gauged): void {
  metrics.ticks.reset();
  metrics.ticks.inc(joiner.seq);
  for (const venue of VENUES) {
    const { connected, lastFrameAgeMs } = feed(venue);
    metrics.connected.set({ venue }, connected ? 1 : 0);
    if (lastFrameAgeMs !== null) metrics.lastFrameAge.set({ venue }, lastFrameAgeMs / 1000);
  }
  const { skewMs } = outside;
  if (skewMs !== null) metrics.clockSkew.set(skewMs / 1000);
  metrics.storeUp.set(storeOk ? 1 : 0);
  metrics.memory.set(process.memoryUsage.rss());
  metrics.uptime.set(uptimeMs / 1000);
}
