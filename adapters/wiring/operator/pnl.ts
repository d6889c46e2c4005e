import { pnlUsdt } from '#core/execution/ledger.ts';
import { duration, percent, signed, usdt } from '#core/figures.ts';
import { sum } from '#core/market/money.ts';
import { coinOf } from '#core/market/symbol.ts';
import { firstOf } from '#core/operator/answer.ts';
import type { AnswerParts } from './answers.ts';

const DAY_MS = 86_400_000;
const SYMBOLS = 10;

export async function pnlAnswer({ records, now }: AnswerParts): Promise<string[]> {
  const { total, symbols } = (await records.kpis()).report();
  const lately = await records.trades({ sinceMs: now() - DAY_MS });
  const day = sum(lately.map(({ fills }) => pnlUsdt(fills))).toNumber();
  const held = total.averageDurationSeconds;
  const rows = Object.entries(symbols).sort(([, a], [, b]) => Math.abs(b.pnlUsdt ?? 0) - Math.abs(a.pnlUsdt ?? 0));
  return [
    `${signed(total.pnlUsdt)} USDT in ${total.trades ?? 0} trades`,
    `24 h: ${signed(day)} in ${lately.length}`,
    `win rate ${percent(total.winRate)}`,
    `drawdown ${usdt(total.maxDrawdownUsdt)} USDT`,
    `fees ${usdt(total.feesUsdt)} USDT`,
    `held ${duration(held == null ? null : held * 1000)}`,
    ...firstOf(rows, SYMBOLS, ([symbol, values]) => [
      `${coinOf(symbol)} ${signed(values.pnlUsdt)} in ${values.trades ?? 0}`,
    ]),
  ];
}
