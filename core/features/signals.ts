import type { FxQuote, Market } from '../market/market.ts';
import type { Direction } from '../market/types.ts';
import { SortedValues } from './sorted-values.ts';

/** KRW-USDT is sampled once a second, for so many seconds. */
const FX_WINDOW_SECONDS = 300;
/** With fewer samples there is no own median yet. */
const MIN_FX_SAMPLES = 10;
/** With fewer coins their median is no witness: a gap of one coin would look like an error of the rate. */
const MIN_COINS = 3;
/** A quote older than this no longer counts for the medians, ms. */
const COUNTED_MS = 10_000;

const UNKNOWN = 0;
const BELOW = 1;
const ABOVE = 2;

/** What guards read of the signals: those kept here, or those that came with a tick from elsewhere. */
export interface SignalsView {
  /** Median won per USDT that the coins imply; NaN with too few of them. */
  readonly impliedRate: number;
  /** Median of KRW-USDT's mid over the last five minutes; NaN in a run's first seconds. */
  readonly fxMedian: number;
  /** Symbols that crossed the threshold in a direction within a time. */
  crossings(direction: Direction, nowMs: number, windowMs: number): number;
  /** When they did, ms: what a tick takes along. */
  crossedAtMs(direction: Direction, nowMs: number, windowMs: number): number[];
}

/** What one symbol adds to the signals. */
interface Row {
  /** Won per USDT that the coin implies, Upbit's mid ÷ Binance's; NaN where it does not count. */
  rate: number;
  atMs: number;
  /** By direction: where the edge was on the last tick, and when it last rose to the threshold, ms. */
  sellUpbit: number;
  sellBinance: number;
  sellUpbitCrossedAtMs: number;
  sellBinanceCrossedAtMs: number;
}

/**
 * What takes all symbols together: the median of the rates that the coins imply, the median of KRW-USDT's own last five
 * minutes, and which symbols crossed the entry threshold when. Kept tick by tick without allocation; begins anew with
 * every run.
 */
export class Signals implements SignalsView {
  /** Selling ÷ buying price that an entry needs. */
  #entryFactor: number;
  #rows: Row[] = [];
  readonly #rates = new SortedValues(64);
  readonly #samples = new Float64Array(FX_WINDOW_SECONDS).fill(Number.NaN);
  readonly #fx = new SortedValues(FX_WINDOW_SECONDS);

  constructor(entryEdge: number) {
    this.#entryFactor = 1 + entryEdge;
  }

  /** Gross edge that an entry needs from now on. */
  set entryEdge(edge: number) {
    this.#entryFactor = 1 + edge;
  }

  get impliedRate(): number {
    return this.#rates.count < MIN_COINS ? Number.NaN : this.#rates.median;
  }

  get fxMedian(): number {
    return this.#fx.count < MIN_FX_SAMPLES ? Number.NaN : this.#fx.median;
  }

  /** @param from where the symbol of each index was before; −1 for one that is new */
  rearrange(from: readonly number[]): void {
    const before = this.#rows;
    this.#rows = from.map((index) => before[index] ?? emptyRow());
    const kept = new Set(this.#rows);
    for (const row of before) if (!kept.has(row) && !Number.isNaN(row.rate)) this.#rates.remove(row.rate);
  }

  /** Takes one symbol's quotes into account. */
  observe(index: number, market: Market, nowMs: number): void {
    if (!isShown(market)) return;
    const { binance, upbit } = market;
    const row = this.#row(index);
    const rate = (upbit.bid.price[0]! + upbit.ask.price[0]!) / (binance.bid.price[0]! + binance.ask.price[0]!);
    if (rate !== row.rate) {
      if (Number.isNaN(row.rate)) this.#rates.add(rate);
      else {
        this.#rates.outgoing = row.rate;
        this.#rates.incoming = rate;
        this.#rates.exchange();
      }
      row.rate = rate;
    }
    row.atMs = nowMs;
    this.#note(row, market, nowMs);
  }

  /** Notes where a symbol's edges are now: what rises to the threshold has crossed it; what is first seen there has not. */
  cross(index: number, market: Market, nowMs: number): void {
    if (isShown(market)) this.#note(this.#row(index), market, nowMs);
  }

  /** The edges are compared as products, as this runs on every tick. */
  #note(row: Row, { binance, upbit, fx }: Market, nowMs: number): void {
    if (fx.receivedAtMs < 0) return;
    const factor = this.#entryFactor;
    const sellsUpbit = upbit.bid.price[0]! >= factor * fx.ask * binance.ask.price[0]!;
    if (sellsUpbit && row.sellUpbit === BELOW) row.sellUpbitCrossedAtMs = nowMs;
    row.sellUpbit = sellsUpbit ? ABOVE : BELOW;
    const sellsBinance = binance.bid.price[0]! * fx.bid >= factor * upbit.ask.price[0]!;
    if (sellsBinance && row.sellBinance === BELOW) row.sellBinanceCrossedAtMs = nowMs;
    row.sellBinance = sellsBinance ? ABOVE : BELOW;
  }

  crossings(direction: Direction, nowMs: number, windowMs: number): number {
    const rows = this.#rows;
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const atMs = direction === 'SELL_UPBIT' ? row.sellUpbitCrossedAtMs : row.sellBinanceCrossedAtMs;
      if (nowMs - atMs <= windowMs) count++;
    }
    return count;
  }

  crossedAtMs(direction: Direction, nowMs: number, windowMs: number): number[] {
    return this.#rows
      .map((row) => (direction === 'SELL_UPBIT' ? row.sellUpbitCrossedAtMs : row.sellBinanceCrossedAtMs))
      .filter((atMs) => nowMs - atMs <= windowMs);
  }

  /** Each whole second: samples the rate and leaves out what has become old. */
  second(atMs: number, fx: FxQuote): void {
    const slot = Math.floor(atMs / 1000) % FX_WINDOW_SECONDS;
    const old = this.#samples[slot]!;
    if (!Number.isNaN(old)) this.#fx.remove(old);
    const counts = fx.receivedAtMs >= 0 && atMs - fx.receivedAtMs <= COUNTED_MS;
    const sample = counts ? (fx.bid + fx.ask) / 2 : Number.NaN;
    this.#samples[slot] = sample;
    if (counts) this.#fx.add(sample);
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i]!;
      if (Number.isNaN(row.rate) || atMs - row.atMs <= COUNTED_MS) continue;
      this.#rates.remove(row.rate);
      row.rate = Number.NaN;
    }
  }

  #row(index: number): Row {
    while (this.#rows.length <= index) this.#rows.push(emptyRow());
    return this.#rows[index]!;
  }
}

function emptyRow(): Row {
  return {
    rate: Number.NaN,
    atMs: -1,
    sellUpbit: UNKNOWN,
    sellBinance: UNKNOWN,
    sellUpbitCrossedAtMs: Number.NEGATIVE_INFINITY,
    sellBinanceCrossedAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** How far a rate is from either median, whichever is farther, a fraction; 0 where neither is known. */
export function rateDeviation(rate: number, { impliedRate, fxMedian }: SignalsView): number {
  return Math.max(distance(rate, impliedRate), distance(rate, fxMedian));
}

function distance(rate: number, from: number): number {
  return Number.isNaN(from) ? 0 : Math.abs(rate / from - 1);
}

function isShown({ binance, upbit }: Market): boolean {
  return binance.bid.count > 0 && binance.ask.count > 0 && upbit.bid.count > 0 && upbit.ask.count > 0;
}
