import { readFileSync, writeFileSync } from 'node:fs';
import type { Check } from './check.ts';
import type { GuardRow } from './guards.ts';
import type { TradedFigures } from './market.ts';
import type { StateFigures } from './state.ts';

export interface CampaignReport {
  readonly ok: boolean;
  readonly machine: string;
  readonly date: string;
  readonly seconds: number;
  readonly traded: TradedFigures;
  readonly guards: readonly GuardRow[];
  readonly state: StateFigures;
}

const BEGIN = '<!-- figures: written by npm run campaign -->';
const END = '<!-- end of figures -->';

const mark = (ok: boolean) => (ok ? 'yes' : '**NO**');
const money = (value: number) => value.toFixed(6);
const checks = (rows: readonly Check[]) => [
  '| asked | answer | seen |',
  '|---|---|---|',
  ...rows.map(({ name, ok, detail }) => `| ${name} | ${mark(ok)} | ${detail} |`),
  '',
];

/** The figures as Markdown. */
export function figuresOf({ machine, date, seconds, traded, guards, state, ok }: CampaignReport): string {
  const lines = [`${date}, ${machine}; runs of ${seconds} s. Every check says yes: ${mark(ok)}.`, ''];
  lines.push('### The ten', '', '| rank | symbol | smaller 24 h volume, USDT |', '|---:|---|---:|');
  for (const [i, { symbol, volumeUsdt }] of traded.list.rows.entries()) {
    lines.push(`| ${i + 1} | ${symbol} | ${Math.round(volumeUsdt)} |`);
  }
  lines.push('', ...checks(traded.list.checks));
  for (const run of traded.runs) {
    const { title, ticks, frames, trades, open, symbols } = run;
    const total = symbols.reduce((sum, { pnlUsdt }) => sum + pnlUsdt, 0);
    const worst = Math.max(...symbols.map(({ differenceUsdt }) => differenceUsdt));
    lines.push(`### ${title}`, '');
    lines.push(`${frames} frames recorded, ${ticks} ticks, ${trades} closed positions, ${open} open at the end.`, '');
    lines.push('| symbol | trades | PnL USDT | difference USDT |', '|---|---:|---:|---:|');
    for (const { symbol, trades: count, pnlUsdt, differenceUsdt } of symbols) {
      lines.push(`| ${symbol} | ${count} | ${money(pnlUsdt)} | ${differenceUsdt.toExponential(1)} |`);
    }
    lines.push(`| all | ${trades} | ${money(total)} | ${worst.toExponential(1)} at most |`, '');
    lines.push(...checks(run.checks));
  }
  lines.push(
    '### Every limit provoked',
    '',
    '| guard | tier | where | how | seen | held |',
    '|---|---|---|---|---|---|',
  );
  for (const { code, tier, where, how, seen, ok: held } of guards) {
    lines.push(`| \`${code}\` | ${tier} | ${where} | ${how} | ${seen} | ${mark(held)} |`);
  }
  lines.push('', '### Saved, killed, restored', '');
  lines.push(
    `${state.trades} closed and ${state.openPositions} open positions; SHA-256 of all values before and after:`,
  );
  lines.push(`\`${state.digest}\``, `\`${state.restoredDigest}\``, '', ...checks(state.checks));
  return lines.join('\n').trimEnd();
}

/** Puts the figures between the page's two markers. */
export function writeFigures(page: URL, report: CampaignReport): void {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${page.pathname} lacks its markers ${BEGIN} and ${END}`);
  writeFileSync(page, `${text.slice(0, from + BEGIN.length)}\n\n${figuresOf(report)}\n\n${text.slice(to)}`);
}
