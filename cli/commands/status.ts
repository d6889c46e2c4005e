import { existsSync } from 'node:fs';
import { NOT_RUNNING, readStatus } from '#adapters/wiring/read-status.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { bps, duration, pnl, state, usdt } from '../format.ts';

export const command: Command = {
  name: 'status',
  summary: 'what runs now',
  async run(context) {
    context.out.result(await statusOf(context), describe);
    return undefined;
  },
};

/** What a run last published, where one is running; else what its store holds. */
async function statusOf(context: Context): Promise<RunView> {
  if (context.storePlace().kind === 'directory' && !existsSync(context.storeFile)) return { ...NOT_RUNNING };
  return await context.withRecords((records) => readStatus(records, Date.now()));
}

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
