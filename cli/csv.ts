import { decimal } from '#core/market/money.ts';
import type { FillView, Trade } from '#core/portfolio/trade.ts';

type Cell = string | number | null;
type Fields = Readonly<Record<string, Cell>>;

/** A position has two fills in and two out; chases, unwinds and exits in parts add to them. */
const USUAL_FILLS = 4;

/**
 * One row a closed position, as RFC 4180 has it: results and costs in USDT, then each of its fills with native amounts, fee
 * and both sides of the exchange rate, as `fill1…`, `fill2…` in order of time. Times in UTC. docs/trades-csv.md says what each
 * column is; the sums of the columns are the totals of `kpi`.
 */
export function tradesCsv(trades: readonly Trade[]): string {
  const fills = Math.max(USUAL_FILLS, ...trades.map((trade) => trade.fills.length));
  const numbers = Array.from({ length: fills }, (_, i) => i + 1);
  const columns = [...TRADE_COLUMNS, ...numbers.flatMap((n) => FILL_COLUMNS.map((column) => numbered(n, column)))];
  return csv(columns, trades.map(tradeFields));
}

/** One row a fill, for who books each on its own. */
export function fillsCsv(trades: readonly Trade[]): string {
  const rows = trades.flatMap((trade) =>
    trade.fills.map((fill) => ({ tradeId: trade.id, symbol: trade.symbol, ...fillFields(fill) })),
  );
  return csv(['tradeId', 'symbol', ...FILL_COLUMNS], rows);
}

export const TRADE_COLUMNS = [
  'id',
  'symbol',
  'direction',
  'quantity',
  'closeDate',
  'decidedAt',
  'openedAt',
  'closedAt',
  'reason',
  'entryNotionalUsdt',
  'pnlUsdt',
  'pnlAccountUsdt',
  'fxPnlUsdt',
  'feesUsdt',
  'nakedSeconds',
  'dustBinance',
  'dustBinanceCostUsdt',
  'dustUpbit',
  'dustUpbitCostUsdt',
] as const;

export const FILL_COLUMNS = [
  'at',
  'venue',
  'side',
  'quantity',
  'price',
  'amount',
  'currency',
  'fee',
  'feeAsset',
  'fxBid',
  'fxAsk',
  'amountUsdt',
  'feeUsdt',
  'orderId',
] as const satisfies readonly (keyof FillView | 'at')[];

function tradeFields(trade: Trade): Fields {
  const { decidedAtMs, openedAtMs, closedAtMs, nakedMs, dust, fills, ...plain } = trade;
  const closedAt = utc(closedAtMs);
  const row: Record<string, Cell> = {
    ...plain,
    closeDate: closedAt.slice(0, 10),
    decidedAt: utc(decidedAtMs),
    openedAt: utc(openedAtMs),
    closedAt,
    nakedSeconds: nakedMs / 1000,
    ...dustFields(
      'Binance',
      dust.filter(({ venue }) => venue === 'binance'),
    ),
    ...dustFields(
      'Upbit',
      dust.filter(({ venue }) => venue === 'upbit'),
    ),
  };
  for (const [i, fill] of fills.entries()) {
    const fields = fillFields(fill);
    for (const column of FILL_COLUMNS) row[numbered(i + 1, column)] = fields[column] ?? null;
  }
  return row;
}

function dustFields(venue: string, dust: Trade['dust']): Fields {
  const total = (of: (each: Trade['dust'][number]) => number) => dust.reduce((sum, each) => sum + of(each), 0);
  return {
    [`dust${venue}`]: total(({ quantity }) => quantity),
    [`dust${venue}CostUsdt`]: total(({ costUsdt }) => costUsdt),
  };
}

function fillFields({ atMs, ...fill }: FillView): Fields {
  return { at: utc(atMs), ...fill };
}

function numbered(n: number, column: string): string {
  return `fill${n}${column[0]!.toUpperCase()}${column.slice(1)}`;
}

function csv(columns: readonly string[], rows: readonly Fields[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column] ?? '')))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** A number is written in full, never as 1e-7; a text that a spreadsheet would run as a formula is quoted as text. */
function cell(value: string | number): string {
  if (typeof value === 'number') return plainNumber(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Of what needs an exponent, as many decimals as its digits need. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? decimal(value).toFixed() : text;
}

function utc(atMs: number | null): string {
  return atMs === null ? '' : new Date(atMs).toISOString();
}
