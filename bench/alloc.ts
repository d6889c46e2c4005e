import { createIntake } from '#adapters/wiring/intake.ts';
import { RunTelemetry } from '#adapters/wiring/telemetry.ts';
import type { VenueId } from '#core/market/types.ts';
import { quoted, SYMBOLS, T0 } from './quoted.ts';
import { below, type Figure } from './report.ts';

const ROUNDS = 12;
/** Few enough that no round fills the young generation. */
const FRAMES = 4000;
const FX_FRAMES = 20;
const WARM_UP = 100;

/**
 * Bytes of heap that a frame leaves which changes no decision, from its bytes to the engine's answer: the least of several
 * rounds, as the runtime's own work falls into some of them.
 */
export function benchAllocation(): Figure[] {
  const venues = [
    ['binance', tickers()],
    ['upbit', orderBooks()],
  ] as const;
  const bare = intakeOf(() => {});
  const fx = [orderBook('USDT', 1400, 0), orderBook('USDT', 1400, 1)];
  const figures = venues.map(([venue, frames]) =>
    below(
      `a frame of ${venue} (16: its time; views on the memory it lies in)`,
      bytesOf(bare, venue, frames, FRAMES),
      'bytes',
      20,
    ),
  );
  figures.push(
    below('a tick of a frame of the rate', bytesOf(bare, 'upbit', fx, FX_FRAMES) / SYMBOLS.length, 'bytes', 2),
  );
  const telemetry = new RunTelemetry(SYMBOLS, Date.now, () => {
    throw new Error('nothing is scraped here');
  });
  const counted = intakeOf((venue, kind, tookMs, atMs) => telemetry.frame(venue, kind, tookMs, atMs));
  for (const [venue, frames] of venues) {
    const bytes = bytesOf(counted, venue, frames, FRAMES);
    figures.push(below(`a frame of ${venue}, with a run's metrics (and how long it took)`, bytes, 'bytes', 36));
  }
  return figures;
}

export function intakeOf(measured: (venue: VenueId, kind: string, tookMs: number, atMs: number) => void) {
  let atMs = T0 + 15_000;
  let frames = 0;
  const now = () => {
    if (++frames % 100 === 0) atMs++;
    return Math.floor(atMs);
  };
  const failed = (error: unknown) => {
    throw error;
  };
  return createIntake({ machine: quoted(), symbols: SYMBOLS, recorder: null, now, measured, failed });
}

function bytesOf(
  intake: ReturnType<typeof intakeOf>,
  venue: VenueId,
  frames: readonly Buffer[],
  count: number,
): number {
  const run = () => {
    for (let i = 0; i < count; i++) intake.frame(venue, frames[i % frames.length]!);
  };
  for (let i = 0; i < WARM_UP; i++) run();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    run();
    const before = process.memoryUsage().heapUsed;
    run();
    const bytes = (process.memoryUsage().heapUsed - before) / count;
    if (bytes >= 0) least = Math.min(least, bytes);
  }
  return least;
}

export function tickers(): Buffer[] {
  return SYMBOLS.flatMap((symbol) => {
    const name = symbol.replace('/', '');
    return [0, 1, 2].map((step) => {
      const [bid, ask] = [100 + step * 0.01, 100.01 + step * 0.01].map((price) => price.toFixed(8));
      const data = `{"u":400900217,"s":"${name}","b":"${bid}","B":"31.21000000","a":"${ask}","A":"40.66000000"}`;
      return Buffer.from(`{"stream":"${name.toLowerCase()}@bookTicker","data":${data}}`);
    });
  });
}

export function orderBooks(): Buffer[] {
  return SYMBOLS.flatMap((symbol) => [0, 1, 2].map((step) => orderBook(symbol.split('/')[0]!, 140_000, step)));
}

function orderBook(coin: string, priceKrw: number, step: number): Buffer {
  const units = Array.from({ length: 5 }, (_, level) => ({
    ask_price: priceKrw + 1 + level,
    bid_price: priceKrw - level,
    ask_size: 2.5 + level + step,
    bid_size: 1.5 + level + step,
  }));
  const book = { type: 'orderbook', code: `KRW-${coin}`, timestamp: T0, total_ask_size: 10.5, total_bid_size: 11.5 };
  return Buffer.from(JSON.stringify({ ...book, orderbook_units: units, stream_type: 'REALTIME', level: 0 }));
}
