import { requireSymbol } from '#adapters/wiring/known-symbols.ts';
import type { Standing } from '#core/engine/standing.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import type { Verdict } from '#core/guards/types.ts';
import type { Command } from '../command.ts';
import { bps, duration, moment, quantity, state } from '../format.ts';
import { number } from '../options.ts';
import { paint, table } from '../output.ts';

/** A decision as shown; the present standing is one too, told as `STANDING`. */
type Explained = Omit<DecisionRecord, 'id' | 'decision'> & { readonly decision: string };

export const command: Command = {
  name: 'why',
  summary: 'the last decisions and refusals of a symbol, and its present standing',
  arguments: [{ name: '<symbol>', about: 'such as BTC or BTC/USDT' }],
  options: [{ flags: '--last <n>', about: 'how many (10)', parse: number({ least: 1, most: 100_000, whole: true }) }],
  async run(context) {
    const rows = await context.withRecords(async (records) => {
      const symbol = await requireSymbol(context.args[0]!, records);
      const standing = await records.standing(symbol, Date.now());
      const decisions = await records.decisions(symbol, context.option<number>('last') ?? 10);
      const past: Explained[] = decisions.map(({ id: _id, ...record }) => record);
      return standing === null || standing.expired ? past : [explained(standing.value), ...past];
    });
    context.out.result(rows, describe);
    return undefined;
  },
};

function explained(standing: Standing): Explained {
  const {
    symbol,
    atMs,
    state: where,
    sellUpbitNetEdge,
    sellBinanceNetEdge,
    guards,
    configVersion,
    ...inputs
  } = standing;
  const edges = [sellUpbitNetEdge, sellBinanceNetEdge].filter((edge) => edge !== null);
  return {
    atMs,
    symbol,
    decision: 'STANDING',
    code: where,
    netEdge: edges.length === 0 ? null : Math.max(...edges),
    inputs: { ...inputs, sellUpbitNetEdge, sellBinanceNetEdge },
    guards,
    configVersion,
  };
}

function describe(rows: readonly Explained[]): string {
  if (rows.length === 0) return 'no decision yet, and no run shows its standing';
  const [first, ...rest] = rows;
  const standing = first?.decision === 'STANDING' ? first : undefined;
  const past = standing === undefined ? rows : rest;
  const parts = standing === undefined ? [] : [describeStanding(standing)];
  parts.push(past.length === 0 ? 'no decision yet' : decisionTable(past));
  return parts.join('\n\n');
}

function describeStanding({ symbol, code, atMs, inputs, guards }: Explained): string {
  const shown = (key: string) => quantity(inputs[key] as number | null);
  const age = (key: string) => duration(inputs[key] as number | null);
  const edge = (key: string) => bps(inputs[key] as number | null);
  return [
    `${paint('bold', symbol)} is ${state(code)} at ${moment(atMs)}`,
    `  Binance  ${shown('binanceBid')} / ${shown('binanceAsk')} USDT, ${age('binanceAgeMs')} old`,
    `  Upbit    ${shown('upbitBid')} / ${shown('upbitAsk')} KRW, ${age('upbitAgeMs')} old`,
    `  FX       ${shown('fxBid')} / ${shown('fxAsk')} KRW, ${age('fxAgeMs')} old`,
    `  net edge ${edge('sellUpbitNetEdge')} bp selling on Upbit, ${edge('sellBinanceNetEdge')} bp selling on Binance`,
    '',
    guards.length === 0 ? '  not all quotes are there yet' : guardTable(guards),
  ].join('\n');
}

function guardTable(guards: readonly Verdict[]): string {
  return table(guards, [
    { title: 'guard', value: (guard) => guard.name },
    { title: 'an entry now', value: (guard) => (guard.passed ? paint('green', 'passes') : paint('red', 'refused')) },
    { title: 'value', align: 'right', value: (guard) => verdictValue(guard.value) },
    { title: 'limit', align: 'right', value: (guard) => verdictValue(guard.limit) },
  ]);
}

function decisionTable(rows: readonly Explained[]): string {
  return table(rows, [
    { title: 'at', value: (row) => moment(row.atMs) },
    { title: 'decision', value: (row) => row.decision },
    { title: 'code', value: (row) => row.code },
    { title: 'net edge bp', align: 'right', value: (row) => bps(row.netEdge) },
    { title: 'why', value: reason },
    { title: 'configuration', value: (row) => row.configVersion },
  ]);
}

function reason({ code, decision, guards, inputs }: Explained): string {
  const verdict = guards.find(({ name, passed }) => name === code && !passed);
  if (verdict !== undefined) {
    const times = decision === 'REFUSAL_ENDED' ? `, ${inputs.count} times` : '';
    return `${verdictValue(verdict.value)} against a limit of ${verdictValue(verdict.limit)}${times}`;
  }
  if (decision !== 'ENTER') return '';
  return `${inputs.quantity} for ${verdictValue(inputs.entryNotionalUsdt ?? null)} USDT, ${guards.length} guards passed`;
}

function verdictValue(value: Verdict['value']): string {
  return typeof value === 'number' ? quantity(value) : String(value ?? '–');
}
