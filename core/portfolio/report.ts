import { coinOf } from '../market/symbol.ts';
import type { VenueId } from '../market/types.ts';
import type { CapitalNeed } from './capital.ts';
import type { EntrySizes, Holding } from './holdings.ts';

/** What an inventory was valued at last, and under which settings. */
export interface PortfolioMarks {
  /** `venue:asset` → last mid price, USDT. */
  readonly prices: Readonly<Record<string, number>>;
  readonly symbols: readonly string[];
  readonly sizes: EntrySizes;
  readonly capitalNeeded: CapitalNeed;
}

/** Net exposure to a coin, over both venues. */
export interface CoinDelta {
  readonly coin: string;
  /** All that is held. */
  readonly quantity: number;
  /** Held less what was there first: what trading left over or took. Null where that is not known. */
  readonly delta: number | null;
  readonly deltaUsdt: number | null;
}

/**
 * What lies on the venues, apart from what arbitrage earns. `valueUsdt` = `firstValueUsdt` + `inventoryPnlUsdt` + `tradedUsdt` over
 * the holdings of which all is known; the others are named in `unpriced`.
 */
export interface PortfolioReport {
  /** At the last mid prices seen. */
  readonly valueUsdt: number;
  readonly valueByVenue: Readonly<Record<VenueId, number>>;
  /** All capital: the first balances at the prices of when they were given. Null where it was not kept. */
  readonly firstValueUsdt: number | null;
  /** What the first balances gained or lost by prices alone. */
  readonly inventoryPnlUsdt: number | null;
  /** What all fills and fees moved, at the last prices; the booked PnL differs from it by the rate at each fill and by open positions. */
  readonly tradedUsdt: number | null;
  readonly capitalNeeded: CapitalNeed;
  readonly coinDelta: readonly CoinDelta[];
  /** Entries that the scarcest asset of the scarcest symbol lasts for. */
  readonly runwayEntries: number | null;
  readonly runwayBySymbol: Readonly<Record<string, number | null>>;
  /** Holdings left out of the sums, `venue:asset`. */
  readonly unpriced: readonly string[];
}

export function portfolioReport(
  holdings: readonly Holding[],
  symbols: readonly string[],
  capital: CapitalNeed,
): PortfolioReport {
  const known = holdings.filter(({ valueUsdt }) => valueUsdt !== null);
  const marked = holdings.filter(({ inventoryPnlUsdt }) => inventoryPnlUsdt !== null);
  const total = (rows: readonly Holding[], of: (row: Holding) => number | null) =>
    rows.reduce((sum, row) => sum + (of(row) ?? 0), 0);
  const capitalKnown = holdings.length > 0 && holdings.every(({ firstValueUsdt }) => firstValueUsdt !== null);
  const runways = new Map(holdings.map(({ venue, asset, runwayEntries }) => [`${venue}:${asset}`, runwayEntries]));
  const runwayBySymbol = Object.fromEntries(symbols.map((symbol) => [symbol, runwayOf(symbol, runways)]));
  const venueValue = (venue: VenueId) =>
    total(
      known.filter((row) => row.venue === venue),
      (row) => row.valueUsdt,
    );
  const inventoryPnlUsdt = total(marked, (row) => row.inventoryPnlUsdt);
  const change = total(marked, (row) => row.valueUsdt) - total(marked, (row) => row.firstValueUsdt);
  return {
    valueUsdt: total(known, (row) => row.valueUsdt),
    valueByVenue: { binance: venueValue('binance'), upbit: venueValue('upbit') },
    firstValueUsdt: capitalKnown ? total(holdings, (row) => row.firstValueUsdt) : null,
    inventoryPnlUsdt: marked.length === 0 ? null : inventoryPnlUsdt,
    tradedUsdt: marked.length === 0 ? null : change - inventoryPnlUsdt,
    capitalNeeded: capital,
    coinDelta: coinDeltas(holdings),
    runwayEntries: least(Object.values(runwayBySymbol)),
    runwayBySymbol,
    unpriced: holdings.flatMap(({ venue, asset, inventoryPnlUsdt: pnl }) =>
      pnl === null ? [`${venue}:${asset}`] : [],
    ),
  };
}

/** An entry may need any of a symbol's four assets: the scarcest one counts. Null unless all four are known. */
function runwayOf(symbol: string, runways: ReadonlyMap<string, number | null>): number | null {
  const coin = coinOf(symbol);
  let entries = Number.POSITIVE_INFINITY;
  for (const key of ['binance:USDT', `binance:${coin}`, 'upbit:KRW', `upbit:${coin}`]) {
    const each = runways.get(key) ?? null;
    if (each === null) return null;
    entries = Math.min(entries, each);
  }
  return entries;
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function coinDeltas(holdings: readonly Holding[]): CoinDelta[] {
  const byCoin = new Map<string, Holding[]>();
  for (const holding of holdings) {
    const { asset } = holding;
    if (asset === 'USDT' || asset === 'KRW') continue;
    const rows = byCoin.get(asset);
    if (rows === undefined) byCoin.set(asset, [holding]);
    else rows.push(holding);
  }
  return [...byCoin].map(([coin, rows]) => {
    const quantity = rows.reduce((sum, row) => sum + row.quantity, 0);
    const first = rows.every((row) => row.firstQuantity !== null);
    const delta = first ? rows.reduce((sum, row) => sum + row.quantity - row.firstQuantity!, 0) : null;
    const priced = rows.find((row) => row.valueUsdt !== null && row.quantity !== 0);
    const price = priced === undefined ? null : priced.valueUsdt! / priced.quantity;
    return { coin, quantity, delta, deltaUsdt: delta === null || price === null ? null : delta * price };
  });
}
