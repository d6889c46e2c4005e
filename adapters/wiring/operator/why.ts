import { bps, duration, quantity } from '#core/figures.ts';
import type { Verdict } from '#core/guards/types.ts';
import { firstOf } from '#core/operator/answer.ts';
import { requireSymbol } from '../known-symbols.ts';
import type { AnswerParts } from './answers.ts';

const GUARDS = 8;
const DECISIONS = 4;
/** Longest name of a symbol that is looked for. */
const SYMBOL_UNITS = 30;

export async function whyAnswer({ records, now }: AnswerParts, argument: string): Promise<string[]> {
  if (argument === '') return ['Which symbol?', 'Such as /why BTC'];
  const symbol = await requireSymbol(argument.slice(0, SYMBOL_UNITS), records);
  const nowMs = now();
  const published = await records.standing(symbol, nowMs);
  const decisions = await records.decisions(symbol, DECISIONS);
  const lines = [symbol];
  if (published === null || published.expired) lines.push('No run shows its standing');
  else {
    const standing = published.value;
    const refused = standing.guards.filter(({ passed }) => !passed);
    lines.push(
      `${standing.state}, ${duration(nowMs - standing.atMs)} ago`,
      `sell Upbit ${bps(standing.sellUpbitNetEdge)} bp net`,
      `sell Binance ${bps(standing.sellBinanceNetEdge)} bp net`,
      refused.length === 0 ? 'No guard refuses an entry' : 'Would refuse an entry:',
      ...firstOf(refused, GUARDS, (each) => [
        `  ${each.name}: ${verdictValue(each.value)}, limit ${verdictValue(each.limit)}`,
      ]),
    );
  }
  lines.push(decisions.length === 0 ? 'No decision yet' : 'Last:');
  for (const { atMs, decision, code, netEdge } of decisions)
    lines.push(`${decision} ${code}`, `  ${duration(nowMs - atMs)} ago, ${bps(netEdge)} bp`);
  return lines;
}

function verdictValue(value: Verdict['value']): string {
  return typeof value === 'number' ? quantity(value) : String(value ?? '–');
}
