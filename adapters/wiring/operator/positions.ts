import { duration, quantity, signed, usdt } from '#core/figures.ts';
import { firstOf } from '#core/operator/answer.ts';
import { positionOf } from '#core/portfolio/trade.ts';
import type { AnswerParts } from './answers.ts';

const POSITIONS = 10;

export async function positionsAnswer({ records, now }: AnswerParts): Promise<string[]> {
  const nowMs = now();
  const open = await records.openPositions();
  if (open.length === 0) return ['No open position'];
  const shown = await Promise.all(
    open.slice(0, POSITIONS).map(async (pair) => {
      const standing = await records.standing(pair.symbol, nowMs);
      return positionOf(pair, standing === null || standing.expired ? null : standing.value.unrealisedPnlUsdt);
    }),
  );
  const rows = firstOf(shown, POSITIONS, (row) => [
    `${row.symbol} ${row.state}`,
    `  ${row.direction}`,
    `  ${quantity(row.quantity)}, ${usdt(row.entryNotionalUsdt)} USDT`,
    `  for ${duration(nowMs - (row.openedAtMs ?? row.decidedAtMs))}, now ${signed(row.unrealisedPnlUsdt)}`,
  ]);
  const more = open.length - shown.length;
  return [`${open.length} open`, ...rows, ...(more > 0 ? [`… and ${more} more`] : [])];
}
