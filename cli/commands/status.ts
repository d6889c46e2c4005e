import { existsSync } from 'node:fs';
import type { RunView } from '#adapters/wiring/run-view.ts';
import { INITIAL_CONTROL } from '#core/engine/state.ts';
import { pnlUsdt } from '#core/execution/ledger.ts';
import { sum } from '#core/market/money.ts';
import { byVenue } from '#core/market/types.ts';
import { exposureView } from '#core/portfolio/exposure.ts';
import { NO_EXPOSURE } from '#core/portfolio/portfolio.ts';
import { portfolioReport } from '#core/portfolio/report.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { bps, duration, pnl, state, usdt } from '../format.ts';
import { readPortfolio } from '../portfolio.ts';

export const command: Command = {
  name: 'status',
  summary: 'what runs now',
  async run(context) {
    context.out.result(await readStatus(context), describe);
    return undefined;
  },
};

/** What a run last published, where one is running; else what its store holds. */
async function readStatus(context: Context): Promise<RunView> {
  if (context.storePlace().kind === 'directory' && !existsSync(context.storeFile)) return { ...STOPPED };
  return await context.withRecords(async (records) => {
    const nowMs = Date.now();
    const published = (await records.status<RunView>(nowMs))?.value;
    if (published?.running && (await records.isInUse(nowMs))) return published;
    const { control, exposure, symbols } = await records.load();
    const trades = await records.trades();
    const { tradingState, setBy, reason, holding, flatten } = control;
    return {
      ...STOPPED,
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
      portfolio: (await readPortfolio(records)).report,
      trades: trades.length,
      pnlUsdt: sum(trades.map((pair) => pnlUsdt(pair.fills))).toNumber(),
      atMs: nowMs,
    };
  });
}

const SILENT_FEED = { connected: false, lastFrameAgeMs: null, reconnects: 0, standbyReady: false };
const STOPPED: RunView = {
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

function describe(status: RunView): string {
  const { running, mode, source, tradingState, setBy, reason, uptimeSeconds, openPositions, trades } = status;
  const lines = [
    running
      ? `running for ${duration(uptimeSeconds * 1000)}: ${mode}, ${source}, ${status.symbols} symbols, pid ${status.pid}`
      : `not running${source === '' ? ': there is no store here yet' : `; the store is of mode ${mode}, source ${source}`}`,
    `trading state  ${state(tradingState)}${reason === 'start' ? '' : ` (${setBy}: ${reason})`}${status.flatten ? ', closing everything' : ''}`,
    `positions      ${openPositions} open, ${usdt(status.exposureUsdt)} USDT of exposure`,
    `closed         ${trades}, ${pnl(status.pnlUsdt)} USDT`,
    ...capital(status),
  ];
  if (status.holding.length > 0) lines.splice(2, 0, `guards hold    ${status.holding.join(', ')}`);
  for (const [venue, feed] of running ? Object.entries(status.venues) : []) {
    const age = feed.lastFrameAgeMs === null ? 'nothing yet' : `last frame ${duration(feed.lastFrameAgeMs)} ago`;
    lines.push(`${venue.padEnd(14)} ${feed.connected ? 'connected' : 'DISCONNECTED'}, ${age}`);
  }
  if (running) lines.push(`metrics        ${status.url}/metrics`);
  return lines.join('\n');
}

/** All capital beside what arbitrage earned on it. */
function capital({ portfolio, pnlUsdt }: RunView): string[] {
  const { valueUsdt, firstValueUsdt, inventoryPnlUsdt, capitalNeeded, runwayEntries } = portfolio;
  if (firstValueUsdt === null || firstValueUsdt === 0) return [];
  const lasts = runwayEntries === null ? '' : `, lasts for ${runwayEntries.toFixed(1)} entries`;
  return [
    `capital        ${usdt(valueUsdt)} USDT, ${usdt(capitalNeeded.totalUsdt)} needed${lasts}; inventory ${pnl(inventoryPnlUsdt)} USDT apart`,
    `return         ${bps(pnlUsdt / firstValueUsdt)} bp on all capital`,
  ];
}
