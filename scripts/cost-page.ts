import { parseConfig } from '#core/config.ts';
import type { Bill } from '#core/cost/bill.ts';
import { billFor } from '#core/cost/configured.ts';
import { MEASURED } from '#core/cost/measured.ts';
import { HOURS_A_MONTH, PRICES } from '#core/cost/prices.ts';
import { COUNTED, LAYOUTS, MARKETS, type MeasuredHour } from '#core/cost/rates.ts';
import { COST_TEXT } from './cost-text.ts';

const SYMBOLS = [20, 100];

/** docs/COST.md: bills and counts, made by the code of the command `cost` itself. */
export function costPage(): string {
  return [
    '# What it costs',
    '',
    '<!-- Made by `npm run generate`; the counts by `npm run bench:cloud -- hour`. -->',
    '',
    COST_TEXT.intro,
    '',
    ...summary(),
    '',
    COST_TEXT.levers,
    '',
    ...SYMBOLS.flatMap((symbols) => [`## ${symbols} symbols, line by line (USD a month)`, '', ...bills(symbols), '']),
    '## What pays for it',
    '',
    ...payers(),
    '',
    '## What was counted (an hour)',
    '',
    COST_TEXT.counted,
    '',
    ...SYMBOLS.flatMap((symbols) => [...counts(symbols), '']),
    '## Prices',
    '',
    `Seoul (\`${PRICES.region}\`), as of ${PRICES.asOf}, USD without tax and free tier; a month has ${HOURS_A_MONTH} hours. \`core/cost/prices.ts\` is the one place.`,
    '',
    COST_TEXT.left,
    '',
  ].join('\n');
}

const kinds = MARKETS.flatMap((market) => LAYOUTS.map((layout) => ({ market, layout })));
const titles = kinds.map(({ market, layout }) => `${market}, ${layout}`);

function bill(symbols: number, kind: (typeof kinds)[number]): Bill {
  const defaults = parseConfig({ wiring: 'cloud' });
  if (!defaults.ok) throw new Error('the defaults are a configuration');
  return billFor(defaults.config, { ...kind, symbols });
}

function summary(): string[] {
  const cell = (symbols: number, kind: (typeof kinds)[number]) => {
    const { monthlyUsd, perSymbolUsd } = bill(symbols, kind);
    return `**${usd(monthlyUsd)}** (${usd(perSymbolUsd)} a symbol)`;
  };
  return table(
    ['USD a month', ...titles],
    SYMBOLS.map((symbols) => [`${symbols} symbols`, ...kinds.map((kind) => cell(symbols, kind))]),
  );
}

function bills(symbols: number): string[] {
  const all = kinds.map((kind) => bill(symbols, kind));
  const items = all[0]!.lines.map(({ item }) => item);
  const rows = items
    .map((item, i) => [item, ...all.map(({ lines }) => usd(lines[i]!.usd))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== usd(0)));
  return table(
    ['item', ...titles],
    [...rows, ['**together**', ...all.map(({ monthlyUsd }) => `**${usd(monthlyUsd)}**`)]],
  );
}

function payers(): string[] {
  const rows = SYMBOLS.flatMap((symbols) =>
    kinds.map((kind) => {
      const { perTradeUsd, tradesAMonth, breakEven } = bill(symbols, kind);
      const trade = perTradeUsd === null ? '–' : `${usd(perTradeUsd)} (at ${whole(tradesAMonth)})`;
      const sizes = breakEven.map((row) => whole(row.tradesAMonth));
      return [`${symbols} symbols, ${kind.market}, ${kind.layout}`, trade, ...sizes];
    }),
  );
  const { breakEven } = bill(SYMBOLS[0]!, kinds[0]!);
  const sizes = breakEven.map(
    ({ notionalUsdt, earnsUsdt }) => `of ${whole(notionalUsdt)} USDT (${usd(earnsUsdt)} each)`,
  );
  return [COST_TEXT.pays, '', ...table(['', 'USD a trade, by the simulator', ...sizes], rows)];
}

function counts(symbols: number): string[] {
  const hours = kinds.flatMap(({ market, layout }) =>
    MEASURED.filter((hour) => hour.market === market && hour.layout === layout && hour.symbols === symbols),
  );
  const fact = (name: string, show: (hour: MeasuredHour) => string) => [name, ...hours.map(show)];
  const title = ({ market, layout }: MeasuredHour) => `${market}, ${layout}`;
  return table(
    [`${symbols} symbols`, ...hours.map(title)],
    [
      fact('measured on', ({ measuredOn }) => measuredOn),
      fact('counted for, minutes', ({ seconds }) => whole(seconds / 60)),
      fact('frames a second, asked for', ({ framesPerSecond }) => whole(framesPerSecond)),
      fact('ticks too late to be judged', ({ lateShare }) =>
        lateShare === undefined ? '–' : `${whole(100 * lateShare)} %`,
      ),
      ...COUNTED.map((name) => fact(`\`${name}\``, ({ rates }) => whole(rates[name]))),
    ],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)];
}

function usd(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
