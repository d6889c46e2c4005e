import { INITIAL_CONTROL } from '#core/engine/state.ts';
import { pnlUsdt } from '#core/execution/ledger.ts';
import { sum } from '#core/market/money.ts';
import { byVenue } from '#core/market/types.ts';
import { exposureView } from '#core/portfolio/exposure.ts';
import { NO_EXPOSURE } from '#core/portfolio/portfolio.ts';
import { portfolioReport } from '#core/portfolio/report.ts';
import type { Records } from '#core/ports/records.ts';
import type { RunView } from './run-view.ts';
import { portfolioOf } from './stored-portfolio.ts';

/** What a run that goes on last published; null where none does. */
export async function shownRun(records: Records, nowMs: number): Promise<RunView | null> {
  const published = (await records.status<RunView>(nowMs))?.value;
  return published?.running && (await records.isInUse(nowMs)) ? published : null;
}

/** What a run last published, where one is running; else what its store holds. */
export async function readStatus(records: Records, nowMs: number): Promise<RunView> {
  const run = await shownRun(records, nowMs);
  if (run !== null) return run;
  const stored = await records.load();
  const { control, exposure, symbols } = stored;
  const trades = await records.trades();
  const { tradingState, setBy, reason, holding, flatten } = control;
  return {
    ...NOT_RUNNING,
    ...records.owner,
    tradingState,
    setBy,
    reason,
    holding: holding.map(({ code }) => code),
    flatten,
    symbols: symbols.length,
    openPositions: exposure.positions,
    exposureUsdt: Number(exposure.totalUsdt),
    exposure: exposureView(exposure, symbols),
    portfolio: (await portfolioOf(records, stored)).report,
    trades: trades.length,
    pnlUsdt: sum(trades.map((pair) => pnlUsdt(pair.fills))).toNumber(),
    atMs: nowMs,
  };
}

const SILENT_FEED = { connected: false, lastFrameAgeMs: null, reconnects: 0, standbyReady: false };
/** A run that is not there. */
export const NOT_RUNNING: RunView = {
  running: false,
  mode: 'paper',
  source: '',
  tradingState: INITIAL_CONTROL.tradingState,
  setBy: INITIAL_CONTROL.setBy,
  reason: INITIAL_CONTROL.reason,
  holding: [],
  flatten: false,
  uptimeSeconds: 0,
  symbols: 0,
  openPositions: 0,
  exposureUsdt: 0,
  exposure: exposureView(NO_EXPOSURE, []),
  portfolio: portfolioReport([], [], { totalUsdt: 0, bySymbol: {} }),
  trades: 0,
  pnlUsdt: 0,
  venues: byVenue(() => SILENT_FEED),
  ticks: 0,
  decisions: 0,
  symbolNames: [],
  positionUsdt: 0,
  guardsOn: true,
  configVersion: '',
  epoch: 0,
  url: '',
  pid: 0,
  atMs: 0,
};
