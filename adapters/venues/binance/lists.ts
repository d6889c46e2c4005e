import { z } from 'zod';
import { figure, isCoin, rowsOf } from '#adapters/universe/reading.ts';
import type { VenueInstrument } from '#core/market/instrument.ts';
import { BINANCE_MIN_NOTIONAL_USDT, UPBIT_LOT } from '#core/market/instruments-table.ts';

/** Binance's lists of all its pairs, megabytes each, down to what is used of its USDT pairs. Run in a thread where they are large. */

const listing = z.object({
  symbol: z.string(),
  status: z.string().default('TRADING'),
  baseAsset: z.string().optional(),
  quoteAsset: z.string().optional(),
  isSpotTradingAllowed: z.boolean().default(true),
  filters: z.array(z.looseObject({ filterType: z.string() })).default([]),
});
const day = z.object({ symbol: z.string(), lastPrice: figure, quoteVolume: figure });
const best = z.object({ symbol: z.string(), bidPrice: figure, bidQty: figure, askPrice: figure, askQty: figure });
const decimalText = z.string().regex(/^\d+(\.\d+)?$/);

/** A USDT pair as it is listed. */
export interface ListedPair {
  readonly name: string;
  readonly symbol: string;
  readonly trading: boolean;
  readonly rules: VenueInstrument;
}

/** @returns null where the answer is none of `exchangeInfo` */
export function listedPairs(answer: unknown): ListedPair[] | null {
  const rows = rowsOf(listing, (answer as { symbols?: unknown } | null)?.symbols);
  if (rows === null) return null;
  return rows.flatMap((row) => {
    const coin = coinOfPair(row);
    if (coin === null) return [];
    const trading = row.status === 'TRADING' && row.isSpotTradingAllowed;
    return [{ name: row.symbol, symbol: `${coin}/USDT`, trading, rules: rulesOf(row.filters) }];
  });
}

/** Prices and volumes of the last day; null where the answer is no list. */
export function usdtDays(answer: unknown): z.output<typeof day>[] | null {
  return rowsOf(day, answer)?.filter(isUsdt) ?? null;
}

/** Best prices; null where the answer is no list. */
export function usdtBests(answer: unknown): z.output<typeof best>[] | null {
  return rowsOf(best, answer)?.filter(isUsdt) ?? null;
}

function isUsdt({ symbol }: { symbol: string }): boolean {
  return symbol.endsWith('USDT');
}

/** The coin of a USDT pair; null for any other pair. */
function coinOfPair({ symbol, baseAsset, quoteAsset }: z.output<typeof listing>): string | null {
  const coin = baseAsset ?? symbol.replace(/USDT$/, '');
  return (quoteAsset ?? 'USDT') === 'USDT' && symbol === `${coin}USDT` && isCoin(coin) ? coin : null;
}

function rulesOf(filters: z.output<typeof listing>['filters']): VenueInstrument {
  const field = (type: string, name: string) => {
    const parsed = decimalText.safeParse(filters.find(({ filterType }) => filterType === type)?.[name]);
    return parsed.success ? trimmed(parsed.data) : undefined;
  };
  const lot = field('LOT_SIZE', 'stepSize') ?? UPBIT_LOT;
  return {
    lot,
    tick: field('PRICE_FILTER', 'tickSize') ?? '0',
    minQuantity: field('LOT_SIZE', 'minQty') ?? lot,
    minNotional: field('NOTIONAL', 'minNotional') ?? field('MIN_NOTIONAL', 'minNotional') ?? BINANCE_MIN_NOTIONAL_USDT,
  };
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
