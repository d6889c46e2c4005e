import type { FeedState } from '#adapters/venues/feed.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { TradingState } from '#core/engine/state.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import type { VenueId } from '#core/market/types.ts';
import { type ExposureView, exposureView } from '#core/portfolio/exposure.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';

/** What a run did, told at its end. */
export interface RunSummary {
  readonly trades: number;
  readonly openPositions: number;
  readonly pnlUsdt: number;
  readonly ticks: number;
  readonly decisions: number;
  readonly seconds: number;
}

/** A run as its board, `status` and other processes see it. */
export interface RunView {
  readonly running: boolean;
  readonly mode: string;
  readonly source: string;
  readonly tradingState: TradingState;
  /** Who set the trading state: the operator or a guard, and why. */
  readonly setBy: string;
  readonly reason: string;
  /** Guards whose condition holds now. */
  readonly holding: readonly string[];
  /** Every open position is being closed. */
  readonly flatten: boolean;
  readonly uptimeSeconds: number;
  readonly symbols: number;
  readonly symbolNames: readonly string[];
  /** Size of a full entry, USDT. */
  readonly positionUsdt: number;
  readonly openPositions: number;
  readonly exposureUsdt: number;
  readonly exposure: ExposureView;
  readonly portfolio: PortfolioReport;
  /** Closed positions, and what they earned. */
  readonly trades: number;
  readonly pnlUsdt: number;
  readonly venues: Readonly<Record<VenueId, FeedState>>;
  readonly ticks: number;
  /** Null where others decide than the process that shows this. */
  readonly decisions: number | null;
  readonly guardsOn: boolean;
  readonly configVersion: string;
  readonly epoch: number;
  readonly url: string;
  readonly pid: number;
  readonly atMs: number;
}

/** An engine, or what those who decide elsewhere have stored. */
type Deciding = Pick<Engine, 'control' | 'exposure' | 'settings' | 'states'>;

/** What the engine and the closed positions add to a view. */
export function tradingView(engine: Deciding, kpi: KpiBook, portfolio: PortfolioReport) {
  const { control, exposure, settings } = engine;
  const total = kpi.total();
  return {
    tradingState: control.tradingState,
    setBy: control.setBy,
    reason: control.reason,
    holding: control.holding.map(({ code }) => code),
    flatten: control.flatten,
    symbols: settings.symbols.length,
    symbolNames: settings.symbols,
    positionUsdt: settings.maxPositionUsdt.value,
    openPositions: exposure.positions,
    exposureUsdt: Number(exposure.totalUsdt),
    exposure: exposureView(exposure, engine.states),
    portfolio,
    trades: Number(total.trades ?? 0),
    pnlUsdt: Number(total.pnlUsdt ?? 0),
    guardsOn: settings.guardsOn,
    configVersion: settings.configVersion,
  };
}
