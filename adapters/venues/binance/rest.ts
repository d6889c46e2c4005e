import { z } from 'zod';
import { figure, isCoin, rowsOf, thinnerSide, type VenueReading } from '#adapters/universe/reading.ts';
import { type RestClient, RestError } from '#adapters/universe/rest-client.ts';
import type { VenueInstrument } from '#core/market/instrument.ts';
import { BINANCE_MIN_NOTIONAL_USDT, UPBIT_LOT } from '#core/market/instruments-table.ts';
import { binanceInstrument } from '#core/market/symbol.ts';
import type { VenueFacts } from '#core/universe/facts.ts';

/** What Binance counts the requests as. */
const WEIGHTS = { exchangeInfo: 20, ticker: 80, bookTicker: 4, depth: 5 };
const DEPTHS_AT_ONCE = 4;

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
const level = z.tuple([figure, figure]).rest(z.unknown());
const depth = z.object({ bids: z.array(level), asks: z.array(level) });
const decimalText = z.string().regex(/^\d+(\.\d+)?$/);

type Rows<Schema extends z.ZodType> = ReadonlyMap<string, z.output<Schema>>;

/**
 * Reads every USDT pair of Binance: listing and rules, 24 h volume, best prices.
 *
 * @param strict every part is needed; otherwise the listing alone is, and what else is missing is told in `gaps`
 * @throws RestError
 */
export async function readBinance(client: RestClient, strict: boolean): Promise<VenueReading> {
  const info = (await client.get('/api/v3/exchangeInfo', WEIGHTS.exchangeInfo)) as { symbols?: unknown } | null;
  const listed = (rowsOf(listing, info?.symbols) ?? []).filter((row) => coinOfPair(row) !== null);
  if (listed.length === 0) throw new RestError(200, 'exchangeInfo lists no USDT pair');
  const gaps: string[] = [];
  async function optional<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    weight: number,
  ): Promise<Rows<Schema>> {
    try {
      const rows = rowsOf(schema, await client.get(path, weight));
      if (rows === null) throw new RestError(200, `${path} is no list`);
      return new Map(rows.map((row) => [(row as { symbol: string }).symbol, row]));
    } catch (error) {
      if (strict || !(error instanceof RestError) || error.retryAtMs !== null) throw error;
      gaps.push(`${path}: ${error.message}`);
      return new Map();
    }
  }
  const days = await optional(day, '/api/v3/ticker/24hr', WEIGHTS.ticker);
  const bests = await optional(best, '/api/v3/ticker/bookTicker', WEIGHTS.bookTicker);
  const facts = new Map<string, VenueFacts>();
  const rules = new Map<string, VenueInstrument>();
  for (const row of listed) {
    const symbol = `${coinOfPair(row)}/USDT`;
    const instrument = rulesOf(row.filters);
    rules.set(symbol, instrument);
    facts.set(symbol, factsOf(row, days.get(row.symbol), bests.get(row.symbol), Number(instrument.tick)));
  }
  return { facts, rules, gaps };
}

/** Looks five levels deep where the best one alone is too thin; a book that cannot be had leaves the fact as it is. */
export async function deepenBinance(
  client: RestClient,
  facts: Map<string, VenueFacts>,
  symbols: readonly string[],
): Promise<void> {
  const left = [...symbols];
  async function work(): Promise<void> {
    for (let symbol = left.shift(); symbol !== undefined; symbol = left.shift()) {
      const known = facts.get(symbol);
      if (known === undefined) continue;
      try {
        const answer = await client.get(`/api/v3/depth?symbol=${binanceInstrument(symbol)}&limit=5`, WEIGHTS.depth);
        const book = depth.safeParse(answer);
        if (!book.success) continue;
        const sides = [book.data.bids, book.data.asks].map((side) => side.map(([p, q]) => [p, q] as const));
        facts.set(symbol, { ...known, depth: thinnerSide(...sides) });
      } catch (error) {
        if (!(error instanceof RestError) || error.retryAtMs !== null) throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: DEPTHS_AT_ONCE }, work));
}

/** The coin of a USDT pair; null for any other pair. */
function coinOfPair({ symbol, baseAsset, quoteAsset }: z.output<typeof listing>): string | null {
  const coin = baseAsset ?? symbol.replace(/USDT$/, '');
  return (quoteAsset ?? 'USDT') === 'USDT' && symbol === `${coin}USDT` && isCoin(coin) ? coin : null;
}

function factsOf(
  { status, isSpotTradingAllowed }: z.output<typeof listing>,
  ticker: z.output<typeof day> | undefined,
  shown: z.output<typeof best> | undefined,
  tick: number,
): VenueFacts {
  return {
    trading: status === 'TRADING' && isSpotTradingAllowed,
    warning: false,
    lastPrice: ticker?.lastPrice ?? null,
    volume: ticker?.quoteVolume ?? null,
    bid: shown?.bidPrice ?? null,
    ask: shown?.askPrice ?? null,
    depth: shown === undefined ? null : thinnerSide([[shown.bidPrice, shown.bidQty]], [[shown.askPrice, shown.askQty]]),
    tick,
  };
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
