import { z } from 'zod';
import { emptyFeatures } from '#core/features/features.ts';
import { Signals } from '#core/features/signals.ts';
import type { Market } from '#core/market/market.ts';
import { binanceInstrument, FX_INSTRUMENT, upbitInstrument } from '#core/market/symbol.ts';
import { type Book, emptySide, MAX_LEVELS } from '#core/market/types.ts';

const TIMEOUT_MS = 1500;
const LEVELS = 20;

const level = z.tuple([z.coerce.number().positive(), z.coerce.number().positive()]);
const depth = z.object({ bids: z.array(level), asks: z.array(level) });
const unit = z.object({
  bid_price: z.number().positive(),
  bid_size: z.number().positive(),
  ask_price: z.number().positive(),
  ask_size: z.number().positive(),
});
const orderbooks = z.array(z.object({ market: z.string(), orderbook_units: z.array(unit) }));

type Levels = readonly (readonly [price: number, quantity: number])[];

/** Where each venue answers. */
export interface RestAddresses {
  readonly binance: string;
  readonly upbit: string;
}

/**
 * Both venues' books of one symbol and the rate, as their REST shows them now: for pairs that have to go on without a
 * tick. Null where a venue does not answer in time or not with a book.
 */
export async function readRestBook(urls: RestAddresses, symbol: string, now: () => number): Promise<Market | null> {
  try {
    const upbit = `${urls.upbit}/v1/orderbook?markets=${upbitInstrument(symbol)},${FX_INSTRUMENT}`;
    const [binance, books] = await Promise.all([
      ask(`${urls.binance}/api/v3/depth?symbol=${binanceInstrument(symbol)}&limit=${LEVELS}`, depth),
      ask(upbit, orderbooks),
    ]);
    const own = books.find(({ market }) => market === upbitInstrument(symbol))?.orderbook_units;
    const fx = books.find(({ market }) => market === FX_INSTRUMENT)?.orderbook_units[0];
    if (own === undefined || fx === undefined) return null;
    const atMs = now();
    return {
      binance: bookOf(binance.bids, binance.asks, atMs),
      upbit: bookOf(
        own.map(({ bid_price, bid_size }) => [bid_price, bid_size]),
        own.map(({ ask_price, ask_size }) => [ask_price, ask_size]),
        atMs,
      ),
      fx: { bid: fx.bid_price, ask: fx.ask_price, receivedAtMs: atMs },
      liveness: { binance: atMs, upbit: atMs },
      features: emptyFeatures(),
      signals: new Signals(Number.POSITIVE_INFINITY),
    };
  } catch {
    return null;
  }
}

async function ask<T>(url: string, shape: z.ZodType<T>): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return shape.parse(await response.json());
}

function bookOf(bids: Levels, asks: Levels, atMs: number): Book {
  return { bid: sideOf(bids), ask: sideOf(asks), receivedAtMs: atMs, changedAtMs: atMs, repeats: 0 };
}

function sideOf(levels: Levels) {
  const side = emptySide();
  for (const [price, quantity] of levels.slice(0, MAX_LEVELS)) {
    side.price[side.count] = price;
    side.quantity[side.count++] = quantity;
  }
  return side;
}
