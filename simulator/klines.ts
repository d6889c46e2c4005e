import { createRandom } from './random.ts';
import type { RestAnswer } from './sockets.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Binance's intervals, ms; months are left out. */
const INTERVALS: Readonly<Record<string, number>> = {
  '1s': 1000,
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
};
const USUAL_ROWS = 500;
const MOST_ROWS = 1000;
/** Price moves by about this much from one hour to the next, times the coin's own factor of 0.5 to 2. */
const HOUR_SD = 0.006;

type Kline = readonly (number | string)[];

/**
 * The past of a simulated coin as Binance tells it: rows of open time, open, high, low, close, volume, close time, quote volume,
 * trades, what takers bought of both, and an unused field. The same hour is always the same; the last row ends at the present price.
 */
export function klines(
  query: URLSearchParams,
  name: string,
  price: number,
  volumeUsdt: number,
  nowMs: number,
): RestAnswer {
  const stepMs = INTERVALS[query.get('interval') ?? ''];
  if (stepMs === undefined) return { status: 400, body: { code: -1120, msg: 'Invalid interval.' } };
  const limit = Math.min(MOST_ROWS, number(query, 'limit') ?? USUAL_ROWS);
  if (!(limit >= 1))
    return { status: 400, body: { code: -1130, msg: "Data sent for parameter 'limit' is not valid." } };
  const startMs = number(query, 'startTime');
  const endMs = Math.min(number(query, 'endTime') ?? nowMs, nowMs);
  const newest = Math.floor(endMs / stepMs);
  const oldest = startMs === null ? newest - limit + 1 : Math.ceil(startMs / stepMs);
  const rows: Kline[] = [];
  const closeOf = (k: number) => ((k + 1) * stepMs > nowMs ? price : price * (1 + deviation(name, k, stepMs)));
  for (let k = oldest; k <= Math.min(newest, oldest + limit - 1); k++) {
    const [open, close] = [closeOf(k - 1), closeOf(k)];
    const quote = (volumeUsdt * stepMs) / DAY_MS;
    const wick = Math.abs(deviation(name, k, stepMs)) * 0.2;
    rows.push([
      k * stepMs,
      open.toFixed(8),
      (Math.max(open, close) * (1 + wick)).toFixed(8),
      (Math.min(open, close) * (1 - wick)).toFixed(8),
      close.toFixed(8),
      (quote / close).toFixed(8),
      (k + 1) * stepMs - 1,
      quote.toFixed(8),
      1000,
      (quote / close / 2).toFixed(8),
      (quote / 2).toFixed(8),
      '0',
    ]);
  }
  return { body: rows };
}

/** How far a coin's price was from the present one at an interval's end, a fraction. */
function deviation(name: string, k: number, stepMs: number): number {
  let hash = 2166136261;
  for (const letter of `${name}:${stepMs}:${k}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  const own = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const sd = HOUR_SD * (0.5 + (own % 16) / 10) * Math.sqrt(stepMs / HOUR_MS);
  // Two neighbours differ by √2 of what each does.
  return (createRandom(hash).gauss() * sd) / Math.SQRT2;
}

function number(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  return text === null ? null : Number(text);
}
