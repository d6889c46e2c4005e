import { maxPositionOf, type Settings } from '../engine/settings.ts';
import type { Balances, FirstBalances } from './portfolio.ts';
import type { MarkPrices } from './prices.ts';

/** Entries of which size each asset has to last for, USDT. */
export interface EntrySizes {
  /** Of each traded symbol: size × weight. */
  readonly bySymbol: Readonly<Record<string, number>>;
  /** Size before weights, which is the mean of all: what a quote currency is asked for. */
  readonly meanUsdt: number;
}

export function entrySizes(settings: Settings): EntrySizes {
  const sizes = settings.symbols.map((symbol) => [symbol, maxPositionOf(settings, symbol).value]);
  return { bySymbol: Object.fromEntries(sizes), meanUsdt: settings.maxPositionUsdt.value };
}

/** What lies on a venue, valued at the last prices seen; null where that is not known. */
export interface Holding {
  readonly venue: string;
  readonly asset: string;
  readonly quantity: number;
  readonly valueUsdt: number | null;
  /** For how many more entries of full, weighted size it lasts; null for a coin that is not traded. */
  readonly runwayEntries: number | null;
  readonly firstQuantity: number | null;
  /** At the prices of the moment when it was given. */
  readonly firstValueUsdt: number | null;
  /** What the first quantity has gained or lost by its price alone. */
  readonly inventoryPnlUsdt: number | null;
}

/** Marks an inventory to market. */
export function markHoldings(
  balances: Balances,
  first: FirstBalances,
  marks: MarkPrices,
  sizes: EntrySizes | null,
): Holding[] {
  return [...balances].map(([key, text]) => {
    const [venue = '', asset = ''] = key.split(':');
    const quantity = Number(text);
    const price = marks.get(key) ?? (quantity === 0 ? 0 : null);
    const valueUsdt = price === null ? null : quantity * price;
    const began = first.get(key);
    const firstQuantity = began === undefined ? null : Number(began.quantity);
    const firstValueUsdt = began?.valueUsdt == null ? null : Number(began.valueUsdt);
    const marked = price === null || firstQuantity === null || firstValueUsdt === null;
    return {
      venue,
      asset,
      quantity,
      valueUsdt,
      runwayEntries: runway(valueUsdt, entrySize(asset, sizes)),
      firstQuantity,
      firstValueUsdt,
      inventoryPnlUsdt: marked ? null : firstQuantity * price - firstValueUsdt,
    };
  });
}

/** Size of an entry that uses an asset; null where no entry does, or none is known. */
export function entrySize(asset: string, sizes: EntrySizes | null): number | null {
  if (sizes === null) return null;
  if (asset === 'USDT' || asset === 'KRW') return sizes.meanUsdt;
  return sizes.bySymbol[`${asset}/USDT`] ?? null;
}

function runway(valueUsdt: number | null, size: number | null): number | null {
  return valueUsdt === null || size === null || size <= 0 ? null : valueUsdt / size;
}
