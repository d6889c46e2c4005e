import { bps, duration, signed, usdt } from '#core/figures.ts';
import { readStatus } from '../read-status.ts';
import type { AnswerParts } from './answers.ts';

const LIGHT = { ACTIVE: '🟢', REDUCE_ONLY: '🟡', HALTED: '🔴' } as const;

export async function statusAnswer({ records, now }: AnswerParts): Promise<string[]> {
  const status = await readStatus(records, now());
  const { running, mode, source } = status;
  // What a run publishes is up to a second old: the operator's own word is not.
  const { tradingState, setBy, reason, flatten, holding } = await records.control();
  const lines = [
    `${LIGHT[tradingState]} ${tradingState}${flatten ? ', closing everything' : ''}`,
    `${mode} ${source}, ${status.symbols} symbols`,
    running ? `up ${duration(status.uptimeSeconds * 1000)}` : 'NOT RUNNING',
  ];
  if (reason !== 'start') lines.push(`${setBy}: ${reason}`);
  if (holding.length > 0) lines.push(`held by ${holding.map(({ code }) => code).join(', ')}`);
  lines.push(
    `open ${status.openPositions}, ${usdt(status.exposureUsdt)} USDT`,
    `closed ${status.trades}, ${signed(status.pnlUsdt)} USDT`,
  );
  for (const [venue, { connected, lastFrameAgeMs }] of running ? Object.entries(status.venues) : [])
    lines.push(`${venue} ${connected ? `${duration(lastFrameAgeMs)} ago` : 'DISCONNECTED'}`);
  const { firstValueUsdt, valueUsdt } = status.portfolio;
  if (firstValueUsdt !== null && firstValueUsdt > 0)
    lines.push(`capital ${usdt(valueUsdt)} USDT`, `return ${bps(status.pnlUsdt / firstValueUsdt)} bp`);
  return lines;
}
