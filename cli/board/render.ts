import type { RunView } from '#adapters/wiring/run-view.ts';
import type { Standing } from '#core/engine/standing.ts';
import { bps, duration, pnl, quantity, state, usdt } from '../format.ts';
import { type Column, paint, table, width } from '../output.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Shown {
  readonly view: RunView;
  readonly standings: readonly Standing[];
}

const COLOUR = new RegExp(`(${'\x1b'}\\[[\\d;]*m)`);
/** Rows for the events at least, and for the head and the spaces between. */
const EVENT_ROWS = 7;
const HEAD_ROWS = 6;
/** From here on the board has room for every column. */
const WIDE_COLUMNS = 108;

/** The whole board as lines that fit the terminal. Null: the run is still starting. */
export function boardLines(shown: Shown | null, events: readonly string[], size: Size): string[] {
  const top =
    shown === null ? [paint('bold', 'Twinleg'), 'starting …'] : [...head(shown.view, size), '', ...board(shown, size)];
  const room = Math.max(1, size.rows - top.length - 3);
  const lines = [...top, '', paint('dim', 'events'), ...events.slice(-room)];
  return lines.slice(0, size.rows).map((line) => clip(line, size.columns));
}

function head(view: RunView, { columns }: Size): string[] {
  const { mode, source, tradingState, setBy, reason, uptimeSeconds, openPositions, trades, ticks, decisions } = view;
  const why = tradingState === 'ACTIVE' ? '' : ` (${setBy}: ${reason})`;
  const feeds = Object.entries(view.venues).map(([venue, feed]) => {
    const age = feed.connected ? `${duration(feed.lastFrameAgeMs)}` : paint('red', 'disconnected');
    return `${venue} ${age}`;
  });
  return [
    `${paint('bold', 'Twinleg')}  ${mode} on ${source}  ${state(tradingState)}${why}  ${duration(uptimeSeconds * 1000)}${view.guardsOn ? '' : paint('red', '  guards OFF')}`,
    `PnL ${pnl(view.pnlUsdt)} USDT in ${trades} closed  ·  ${openPositions} open, ${usdt(view.exposureUsdt)} USDT  ·  ${ticks.toLocaleString('en-US')} ticks${columns < WIDE_COLUMNS ? '' : `, ${decisions} decisions`}`,
    `last frame  ${feeds.join('  ')}${columns < WIDE_COLUMNS ? '' : `  ·  ${view.url}/metrics`}  ·  Ctrl-C stops`,
  ];
}

/** Symbols with a position first, then those nearest to an entry. */
function board({ standings }: Shown, { rows, columns }: Size): string[] {
  const room = Math.max(3, rows - HEAD_ROWS - EVENT_ROWS);
  const sorted = [...standings].sort((a, b) => rank(a) - rank(b) || better(b) - better(a));
  const shown = sorted.slice(0, room);
  const wide = columns >= WIDE_COLUMNS;
  const titled: Column<Standing>[] = [
    { title: 'symbol', value: (row) => row.symbol },
    { title: wide ? 'Binance bid' : 'Binance', align: 'right', value: (row) => quantity(row.binanceBid) },
    { title: 'ask USDT', align: 'right', value: (row) => quantity(row.binanceAsk) },
    { title: 'Upbit bid', align: 'right', value: (row) => quantity(row.upbitBid) },
    { title: 'ask KRW', align: 'right', value: (row) => quantity(row.upbitAsk) },
    { title: 'net bp', align: 'right', value: netEdge },
    ...(wide ? [{ title: 'sell on', value: sellOn }] : []),
    { title: 'state', value: (row) => state(row.state) },
    { title: wide ? 'closing now' : 'PnL now', align: 'right', value: (row) => pnl(row.unrealisedPnlUsdt) },
    ...(wide ? [{ title: 'age', align: 'right' as const, value: oldest }] : []),
  ];
  const lines = table(shown, titled, wide ? 2 : 1).split('\n');
  if (sorted.length > shown.length) lines.push(paint('dim', `… and ${sorted.length - shown.length} more`));
  return lines;
}

function rank({ state: where }: Standing): number {
  return where === 'FLAT' || where === 'COOLDOWN' ? 1 : 0;
}

function better({ sellUpbitNetEdge, sellBinanceNetEdge }: Standing): number {
  return Math.max(sellUpbitNetEdge ?? -1, sellBinanceNetEdge ?? -1);
}

function netEdge(row: Standing): string {
  const edge = better(row);
  if (edge <= -1) return '–';
  return edge > 0 ? paint('green', bps(edge)) : bps(edge);
}

function sellOn({ sellUpbitNetEdge, sellBinanceNetEdge }: Standing): string {
  if (sellUpbitNetEdge === null || sellBinanceNetEdge === null) return '';
  return sellUpbitNetEdge >= sellBinanceNetEdge ? 'Upbit' : 'Binance';
}

function oldest({ binanceAgeMs, upbitAgeMs }: Standing): string {
  return binanceAgeMs === null || upbitAgeMs === null ? '–' : duration(Math.max(binanceAgeMs, upbitAgeMs));
}

/** Cuts a line at the terminal's edge, colour codes left whole. */
function clip(line: string, columns: number): string {
  if (width(line) <= columns) return line;
  let shown = 0;
  let cut = '';
  for (const part of line.split(COLOUR)) {
    if (part.startsWith('\x1b')) cut += part;
    else {
      cut += part.slice(0, Math.max(0, columns - shown));
      shown += part.length;
    }
  }
  return cut;
}
