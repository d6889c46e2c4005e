import type { FillView, Trade } from '#core/portfolio/trade.ts';

type Fields = Readonly<Record<string, string | number | null>>;

/** One row a closed position; times in UTC, amounts in USDT unless the name says otherwise. */
export function tradesCsv(trades: readonly Trade[]): string {
  return csv(TRADE_COLUMNS, trades.map(tradeFields));
}

/** One row a fill, with native amounts and both sides of the exchange rate: what an accountant books. */
export function fillsCsv(trades: readonly Trade[]): string {
  const rows = trades.flatMap((trade) =>
    trade.fills.map((fill) => ({ tradeId: trade.id, symbol: trade.symbol, at: utc(fill.atMs), ...fill })),
  );
  return csv(FILL_COLUMNS, rows);
}

const TRADE_COLUMNS = [
  'id',
  'symbol',
  'direction',
  'quantity',
  'decidedAt',
  'openedAt',
  'closedAt',
  'reason',
  'entryNotionalUsdt',
  'pnlUsdt',
  'pnlAccountUsdt',
  'fxPnlUsdt',
  'feesUsdt',
] as const;

const FILL_COLUMNS: readonly (keyof FillView | 'tradeId' | 'symbol' | 'at')[] = [
  'tradeId',
  'symbol',
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
];

function tradeFields(trade: Trade): Fields {
  const { decidedAtMs, openedAtMs, closedAtMs } = trade;
  const { dust: _dust, fills: _fills, ...plain } = trade;
  return { ...plain, decidedAt: utc(decidedAtMs), openedAt: utc(openedAtMs), closedAt: utc(closedAtMs) };
}

function csv(columns: readonly string[], rows: readonly Fields[]): string {
  return [columns, ...rows.map((row) => columns.map((column) => cell(row[column] ?? '')))]
    .map((line) => line.join(','))
    .join('\n');
}

/** A number is written in full, never as 1e-7; a text that a spreadsheet would run as a formula is quoted as text. */
function cell(value: string | number): string {
  if (typeof value === 'number') return plainNumber(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

function utc(atMs: number | null): string {
  return atMs === null ? '' : new Date(atMs).toISOString();
}
