import { z } from 'zod';
import { figure, isCoin, rowsOf, thinnerSide, type VenueReading } from '#adapters/universe/reading.ts';
import { type RestClient, RestError } from '#adapters/universe/rest-client.ts';
import { krwTick, type VenueInstrument } from '#core/market/instrument.ts';
import { UPBIT_LOT, UPBIT_MIN_NOTIONAL_KRW } from '#core/market/instruments-table.ts';
import { FX_INSTRUMENT } from '#core/market/symbol.ts';
import type { VenueFacts } from '#core/universe/facts.ts';

const NOT_FOUND = 404;
const CODES_A_CALL = 50;
/** More calls than these to find the codes that a call fails on mean that it is not about codes. */
const MOST_NARROWINGS = 40;

const market = z.object({
  market: z.string(),
  market_event: z
    .object({ warning: z.boolean().catch(false) })
    .optional()
    .catch(undefined),
  /** Before `market_event` there was this. */
  market_warning: z.string().optional(),
});
const ticker = z.object({ market: z.string(), trade_price: figure, acc_trade_price_24h: figure });
const unit = z.object({ ask_price: figure, bid_price: figure, ask_size: figure, bid_size: figure });
const book = z.object({ market: z.string(), orderbook_units: z.array(unit) });
const ticks = z.object({ market: z.string(), tick_size: figure });

/**
 * Reads Upbit's won markets: listing with warnings, last price and volume, books, price ticks.
 *
 * @param wanted symbols whose books are needed; null: all
 * @param strict every part is needed; otherwise the listing alone is, and what else is missing is told in `gaps`
 * @throws RestError
 */
export async function readUpbit(
  client: RestClient,
  wanted: ReadonlySet<string> | null,
  strict: boolean,
): Promise<VenueReading> {
  const markets = rowsOf(market, await client.get('/v1/market/all?is_details=true')) ?? [];
  const listed = markets.filter(({ market: code }) => code.startsWith('KRW-') && isCoin(code.slice(4)));
  if (listed.length === 0) throw new RestError(200, 'market/all lists no won market');
  const symbolOf = (code: string) => `${code.slice(4)}/USDT`;
  const codes = listed.map(({ market: code }) => code).filter((code) => wanted?.has(symbolOf(code)) ?? true);
  const gaps: string[] = [];
  async function part<Row>(what: string, read: () => Promise<Row[]>, needed: boolean): Promise<Row[]> {
    try {
      return await read();
    } catch (error) {
      if (needed || !(error instanceof RestError) || error.retryAtMs !== null) throw error;
      gaps.push(`${what}: ${error.message}`);
      return [];
    }
  }
  const tickers = byMarket(await part('ticker', () => readTickers(client, codes), strict));
  const books = byMarket(await part('orderbook', () => readByCode(client, '/v1/orderbook', codes, book), strict));
  // Without them the table of ticks by price stands in.
  const steps = byMarket(
    await part('orderbook/instruments', () => readByCode(client, '/v1/orderbook/instruments', codes, ticks), false),
  );
  const facts = new Map<string, VenueFacts>();
  const rules = new Map<string, VenueInstrument>();
  for (const row of listed) {
    const { market: code } = row;
    const lastPrice = tickers.get(code)?.trade_price ?? null;
    const tick = steps.get(code)?.tick_size ?? null;
    const usual = lastPrice === null ? null : Number(krwTick(lastPrice));
    facts.set(symbolOf(code), {
      warning: row.market_event?.warning ?? row.market_warning === 'CAUTION',
      lastPrice,
      volume: tickers.get(code)?.acc_trade_price_24h ?? null,
      ...shownOf(books.get(code)),
      tick: tick ?? usual,
    });
    if (tick !== null && !USUAL_TICKS.has(tick)) rules.set(symbolOf(code), upbitRules(String(tick)));
  }
  const krwPerUsdt = tickers.get(FX_INSTRUMENT)?.trade_price ?? null;
  if (krwPerUsdt === null && strict) throw new RestError(200, 'the tickers hold no KRW-USDT');
  return { facts, rules, gaps, krwPerUsdt };
}

/** Upbit's rules for a coin; `krw` is its table of ticks by price, which moves with the price. */
export function upbitRules(tick = 'krw'): VenueInstrument {
  return { lot: UPBIT_LOT, tick, minQuantity: UPBIT_LOT, minNotional: UPBIT_MIN_NOTIONAL_KRW };
}

const USUAL_TICKS: ReadonlySet<number> = new Set(
  [1e6, 5e5, 1e5, 5e4, 1e4, 5e3, 1e3, 100, 10, 1, 0.1, 0.01, 0.001, 0.0001, 0].map((price) => Number(krwTick(price))),
);

/** A listed market whose book shows nothing on either side is not traded. */
function shownOf(row: z.output<typeof book> | undefined): Pick<VenueFacts, 'trading' | 'bid' | 'ask' | 'depth'> {
  if (row === undefined) return { trading: true, bid: null, ask: null, depth: null };
  const units = row.orderbook_units;
  const [first] = units;
  return {
    trading: Boolean(first?.bid_price) || Boolean(first?.ask_price),
    bid: first?.bid_price ?? null,
    ask: first?.ask_price ?? null,
    depth: thinnerSide(
      units.map(({ bid_price, bid_size }) => [bid_price, bid_size]),
      units.map(({ ask_price, ask_size }) => [ask_price, ask_size]),
    ),
  };
}

/** All won tickers in one call; by code where the venue does not know that call. */
async function readTickers(client: RestClient, codes: readonly string[]) {
  try {
    const rows = rowsOf(ticker, await client.get('/v1/ticker/all?quote_currencies=KRW'));
    if (rows !== null && rows.length > 0) return rows;
  } catch (error) {
    if (!(error instanceof RestError) || error.status !== NOT_FOUND) throw error;
  }
  return readByCode(client, '/v1/ticker', [FX_INSTRUMENT, ...codes], ticker);
}

/** Rows of many codes. One unknown code fails its whole call: such a call is halved until the code is found and left out. */
async function readByCode<Schema extends z.ZodType>(
  client: RestClient,
  path: string,
  codes: readonly string[],
  schema: Schema,
): Promise<z.output<Schema>[]> {
  const found: z.output<Schema>[] = [];
  const calls: (readonly string[])[] = [];
  for (let i = 0; i < codes.length; i += CODES_A_CALL) calls.push(codes.slice(i, i + CODES_A_CALL));
  let narrowings = 0;
  for (let call = calls.shift(); call !== undefined; call = calls.shift()) {
    try {
      found.push(...(rowsOf(schema, await client.get(`${path}?markets=${call.join(',')}`)) ?? []));
    } catch (error) {
      if (!(error instanceof RestError) || error.status !== NOT_FOUND || narrowings++ > MOST_NARROWINGS) throw error;
      const half = Math.ceil(call.length / 2);
      if (call.length > 1) calls.unshift(call.slice(0, half), call.slice(half));
    }
  }
  if (found.length === 0 && codes.length > 0) throw new RestError(NOT_FOUND, `${path} tells nothing`);
  return found;
}

function byMarket<Row extends { market: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.market, row]));
}
