import type { Pair } from '../execution/types.ts';
import { coinOf } from '../market/symbol.ts';
import { buyVenue, otherVenue, type VenueId } from '../market/types.ts';
import { type EntrySizes, entrySize, type Holding } from './holdings.ts';

/** A proposal; nothing is transferred by it. */
export interface Move {
  /** Where it goes to; of a quote currency that is another one there. */
  readonly to: VenueId;
  readonly arrivesAs: string;
  /** In units of the asset that leaves. */
  readonly quantity: number;
  readonly valueUsdt: number;
  readonly why: string;
}

/** What has to be brought from outside, as both venues together hold too little. */
export interface Shortfall {
  readonly quantity: number;
  readonly valueUsdt: number;
  readonly why: string;
}

/** A holding with what to do about it; null where it may stay. */
export interface BalanceRow extends Holding {
  readonly move: Move | null;
  readonly add: Shortfall | null;
}

/** A holding that lasts for fewer entries of full size is short. */
const SHORT_ENTRIES = 2;
/** Less than this share of what both venues hold is lopsided. */
const LOPSIDED_SHARE = 0.25;

type OpenPair = Pick<Pair, 'symbol' | 'direction' | 'openQuantity' | 'entryNotional'>;

/** One side of what is held for the same purpose on both venues, as it will be once open positions have closed. */
interface Side {
  readonly row: Holding;
  readonly venue: VenueId;
  readonly restUsdt: number;
  readonly entries: number;
}

/**
 * Says what to move where: for each coin, and for the quote currencies, an even split between the venues where one of them is
 * short or lopsided. What open positions have shifted comes back by itself and is counted as if it were back.
 */
export function proposeMoves(
  holdings: readonly Holding[],
  open: readonly OpenPair[],
  sizes: EntrySizes | null,
): BalanceRow[] {
  const moves = new Map<Holding, Move>();
  const shortfalls = new Map<Holding, Shortfall>();
  const find = (venue: VenueId, asset: string) => holdings.find((row) => row.venue === venue && row.asset === asset);
  const coins = new Set(holdings.map(({ asset }) => asset).filter((asset) => asset !== 'USDT' && asset !== 'KRW'));
  const groups = [...coins].map((coin) => [find('binance', coin), find('upbit', coin)] as const);
  for (const [binance, upbit] of [...groups, [find('binance', 'USDT'), find('upbit', 'KRW')] as const]) {
    if (binance === undefined || upbit === undefined) continue;
    const size = entrySize(binance.asset, sizes);
    if (size === null || size <= 0) continue;
    const sides = [side(binance, 'binance', open, size), side(upbit, 'upbit', open, size)];
    if (sides[0] === null || sides[1] === null) continue;
    const [poor, rich] = (sides as Side[]).toSorted((a, b) => a.restUsdt - b.restUsdt) as [Side, Side];
    const together = poor.restUsdt + rich.restUsdt;
    if (poor.entries >= SHORT_ENTRIES && poor.restUsdt >= LOPSIDED_SHARE * together) continue;
    const shiftUsdt = Math.min((rich.restUsdt - poor.restUsdt) / 2, rich.row.valueUsdt!);
    if (shiftUsdt > 0.1 * size) moves.set(rich.row, moveOf(rich, poor, shiftUsdt));
    const missingUsdt = SHORT_ENTRIES * size - together / 2;
    if (missingUsdt > 0)
      for (const each of [poor, rich]) shortfalls.set(each.row, shortfallOf(each, missingUsdt, together / size));
  }
  return holdings.map((row) => ({ ...row, move: moves.get(row) ?? null, add: shortfalls.get(row) ?? null }));
}

function side(row: Holding, venue: VenueId, open: readonly OpenPair[], size: number): Side | null {
  if (row.valueUsdt === null) return null;
  let restUsdt = row.valueUsdt;
  for (const { symbol, direction, entryNotional } of open) {
    const bought = buyVenue(direction) === venue;
    if (row.asset === coinOf(symbol)) restUsdt += bought ? -entryNotional : entryNotional;
    else if (row.asset === 'USDT' || row.asset === 'KRW') restUsdt += bought ? entryNotional : -entryNotional;
  }
  return { row, venue, restUsdt, entries: restUsdt / size };
}

function moveOf(rich: Side, poor: Side, valueUsdt: number): Move {
  const { row } = rich;
  const lasts = ({ entries }: Side) => `${Math.max(0, entries).toFixed(1)} entries`;
  return {
    to: otherVenue(rich.venue),
    arrivesAs: poor.row.asset,
    quantity: (row.quantity * valueUsdt) / row.valueUsdt!,
    valueUsdt,
    why: `${poor.venue} lasts for ${lasts(poor)} of ${poor.row.asset}; ${rich.venue} for ${lasts(rich)}`,
  };
}

function shortfallOf({ row }: Side, valueUsdt: number, together: number): Shortfall {
  const price = row.quantity === 0 ? null : row.valueUsdt! / row.quantity;
  return {
    quantity: price === null ? 0 : valueUsdt / price,
    valueUsdt,
    why: `both venues together hold ${together.toFixed(1)} entries; ${SHORT_ENTRIES} on each are the least`,
  };
}
