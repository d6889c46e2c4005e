import { z } from 'zod';
import { figure, thinnerSide, type VenueReading } from '#adapters/universe/reading.ts';
import type { Reduction } from '#adapters/universe/reduce.ts';
import { type RestClient, RestError } from '#adapters/universe/rest-client.ts';
import type { VenueInstrument } from '#core/market/instrument.ts';
import { binanceInstrument } from '#core/market/symbol.ts';
import type { VenueFacts } from '#core/universe/facts.ts';
import { type ListedPair, listedPairs, usdtBests, usdtDays } from './lists.ts';

/** What Binance counts the requests as. */
const WEIGHTS = { exchangeInfo: 20, ticker: 80, bookTicker: 4, depth: 5 };
const DEPTHS_AT_ONCE = 4;
/** Which accounts may trade what is two thirds of the answer. */
const EXCHANGE_INFO = '/api/v3/exchangeInfo?showPermissionSets=false';

const level = z.tuple([figure, figure]).rest(z.unknown());
const depth = z.object({ bids: z.array(level), asks: z.array(level) });
const LISTS = new URL('./lists.ts', import.meta.url);
const PAIRS: Reduction<ListedPair[] | null> = { module: LISTS, name: 'listedPairs', run: listedPairs };
const DAYS = { module: LISTS, name: 'usdtDays', run: usdtDays };
const BESTS = { module: LISTS, name: 'usdtBests', run: usdtBests };

/**
 * Reads every USDT pair of Binance: listing and rules, 24 h volume, best prices.
 *
 * @param strict every part is needed; otherwise the listing alone is, and what else is missing is told in `gaps`
 * @throws RestError
 */
export async function readBinance(client: RestClient, strict: boolean): Promise<VenueReading> {
  const listed = (await client.reduced(EXCHANGE_INFO, PAIRS, WEIGHTS.exchangeInfo)) ?? [];
  if (listed.length === 0) throw new RestError(200, 'exchangeInfo lists no USDT pair');
  const gaps: string[] = [];
  async function optional<Row extends { symbol: string }>(
    path: string,
    reduction: Reduction<Row[] | null>,
    weight: number,
  ): Promise<ReadonlyMap<string, Row>> {
    try {
      const rows = await client.reduced(path, reduction, weight);
      if (rows === null) throw new RestError(200, `${path} is no list`);
      return new Map(rows.map((row) => [row.symbol, row]));
    } catch (error) {
      if (strict || !(error instanceof RestError) || error.retryAtMs !== null) throw error;
      gaps.push(`${path}: ${error.message}`);
      return new Map();
    }
  }
  const days = await optional('/api/v3/ticker/24hr', DAYS, WEIGHTS.ticker);
  const bests = await optional('/api/v3/ticker/bookTicker', BESTS, WEIGHTS.bookTicker);
  const facts = new Map<string, VenueFacts>();
  const rules = new Map<string, VenueInstrument>();
  for (const pair of listed) {
    rules.set(pair.symbol, pair.rules);
    facts.set(pair.symbol, factsOf(pair, days.get(pair.name), bests.get(pair.name)));
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

type Day = NonNullable<ReturnType<typeof usdtDays>>[number];
type Best = NonNullable<ReturnType<typeof usdtBests>>[number];

function factsOf({ trading, rules }: ListedPair, ticker: Day | undefined, shown: Best | undefined): VenueFacts {
  return {
    trading,
    warning: false,
    lastPrice: ticker?.lastPrice ?? null,
    volume: ticker?.quoteVolume ?? null,
    bid: shown?.bidPrice ?? null,
    ask: shown?.askPrice ?? null,
    depth: shown === undefined ? null : thinnerSide([[shown.bidPrice, shown.bidQty]], [[shown.askPrice, shown.askQty]]),
    tick: Number(rules.tick),
  };
}
