import { type FrameMapper, FX_QUOTE } from '#core/market/mapping.ts';
import { FX_INSTRUMENT, upbitInstrument } from '#core/market/symbol.ts';
import { MAX_LEVELS, type QuoteUpdate } from '#core/market/types.ts';
import { ascii, isSane, MISMATCH, readDecimal, readLiteral, skipInteger } from '../bytes.ts';
import { HASH_SEED, hashByte, InstrumentTable } from '../instruments.ts';
import { mapUpbitByParse } from './parse.ts';

/** The literals between the values of one naming style, in the order in which Upbit writes them. */
interface Layout {
  readonly code: Uint8Array;
  readonly timestamp: Uint8Array;
  readonly totalAsk: Uint8Array;
  readonly totalBid: Uint8Array;
  readonly units: Uint8Array;
  readonly askPrice: Uint8Array;
  readonly bidPrice: Uint8Array;
  readonly askSize: Uint8Array;
  readonly bidSize: Uint8Array;
  readonly streamType: Uint8Array;
  readonly level: Uint8Array;
}

const DEFAULT: Layout = {
  code: ascii('{"type":"orderbook","code":"'),
  timestamp: ascii('","timestamp":'),
  totalAsk: ascii(',"total_ask_size":'),
  totalBid: ascii(',"total_bid_size":'),
  units: ascii(',"orderbook_units":['),
  askPrice: ascii('{"ask_price":'),
  bidPrice: ascii(',"bid_price":'),
  askSize: ascii(',"ask_size":'),
  bidSize: ascii(',"bid_size":'),
  streamType: ascii('],"stream_type":"'),
  level: ascii(',"level":'),
};

const SIMPLE: Layout = {
  code: ascii('{"ty":"orderbook","cd":"'),
  timestamp: ascii('","tms":'),
  totalAsk: ascii(',"tas":'),
  totalBid: ascii(',"tbs":'),
  units: ascii(',"obu":['),
  askPrice: ascii('{"ap":'),
  bidPrice: ascii(',"bp":'),
  askSize: ascii(',"as":'),
  bidSize: ascii(',"bs":'),
  streamType: ascii('],"st":"'),
  level: ascii(',"lv":'),
};

const REALTIME = ascii('REALTIME"');
const SNAPSHOT = ascii('SNAPSHOT"');

const COMMA = 44;
const BRACE_CLOSE = 125;

/** The codes of `symbols` with their indices and the exchange rate's, for {@link mapUpbitByParse} and the mapper. */
export function upbitInstruments(symbols: readonly string[]): InstrumentTable {
  // First, so that it is the rate whatever the list holds: USDT/USDT is no symbol.
  const entries: [string, number][] = [[FX_INSTRUMENT, FX_QUOTE]];
  symbols.forEach((symbol, index) => {
    entries.push([upbitInstrument(symbol), index]);
  });
  return new InstrumentTable(entries);
}

/**
 * Reads Upbit's usual orderbook layouts (DEFAULT and SIMPLE) straight from the bytes. Anything else, and anything odd,
 * is left to {@link mapUpbitByParse}, which alone decides what is malformed.
 */
class UpbitMapper implements FrameMapper {
  readonly #instruments: InstrumentTable;
  /** Ask price, bid price, ask size, bid size of a unit before it is kept; the totals, which are only read over. */
  readonly #unit = new Float64Array(4);

  constructor(symbols: readonly string[]) {
    this.#instruments = upbitInstruments(symbols);
  }

  map(bytes: Uint8Array, start: number, end: number, out: QuoteUpdate): number {
    let result = this.#mapUsual(bytes, start, end, DEFAULT, out);
    if (result === MISMATCH) result = this.#mapUsual(bytes, start, end, SIMPLE, out);
    return result === MISMATCH ? mapUpbitByParse(bytes, start, end, this.#instruments, out) : result;
  }

  #mapUsual(bytes: Uint8Array, start: number, end: number, layout: Layout, out: QuoteUpdate): number {
    const code = readLiteral(bytes, start, layout.code);
    if (code === MISMATCH) return MISMATCH;
    let next = code;
    let hash = HASH_SEED;
    for (;;) {
      const byte = bytes[next]!;
      if (!((byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte === 45)) break;
      hash = hashByte(hash, byte);
      next++;
    }
    const codeEnd = next;
    next = readLiteral(bytes, next, layout.timestamp);
    if (next === MISMATCH) return MISMATCH;
    next = skipInteger(bytes, next);
    if (next === MISMATCH) return MISMATCH;
    next = readNumber(bytes, next, layout.totalAsk, this.#unit, 0);
    if (next === MISMATCH) return MISMATCH;
    next = readNumber(bytes, next, layout.totalBid, this.#unit, 0);
    if (next === MISMATCH) return MISMATCH;
    next = readLiteral(bytes, next, layout.units);
    if (next === MISMATCH) return MISMATCH;
    next = this.#readUnits(bytes, next, layout, out);
    if (next === MISMATCH) return MISMATCH;
    if (this.#readTail(bytes, next, layout) !== end) return MISMATCH;
    return this.#instruments.find(bytes, code, codeEnd, hash);
  }

  /** Reads the levels up to the closing bracket. */
  #readUnits(bytes: Uint8Array, at: number, layout: Layout, out: QuoteUpdate): number {
    const unit = this.#unit;
    const { bid, ask } = out;
    let bids = 0;
    let asks = 0;
    let lastBid = 0;
    let lastAsk = 0;
    let next = at;
    for (;;) {
      next = readNumber(bytes, next, layout.askPrice, unit, 0);
      if (next === MISMATCH) return MISMATCH;
      next = readNumber(bytes, next, layout.bidPrice, unit, 1);
      if (next === MISMATCH) return MISMATCH;
      next = readNumber(bytes, next, layout.askSize, unit, 2);
      if (next === MISMATCH) return MISMATCH;
      next = readNumber(bytes, next, layout.bidSize, unit, 3);
      if (next === MISMATCH || bytes[next] !== BRACE_CLOSE) return MISMATCH;
      next++;
      const askPrice = unit[0]!;
      const bidPrice = unit[1]!;
      const askSize = unit[2]!;
      const bidSize = unit[3]!;
      if (!isSane(askPrice) || !isSane(bidPrice) || !isSane(askSize) || !isSane(bidSize)) return MISMATCH;
      if (askPrice !== 0 && askSize !== 0) {
        if (askPrice < lastAsk) return MISMATCH;
        lastAsk = askPrice;
        if (asks < MAX_LEVELS) {
          ask.price[asks] = askPrice;
          ask.quantity[asks] = askSize;
          asks++;
        }
      }
      if (bidPrice !== 0 && bidSize !== 0) {
        if (lastBid !== 0 && bidPrice > lastBid) return MISMATCH;
        lastBid = bidPrice;
        if (bids < MAX_LEVELS) {
          bid.price[bids] = bidPrice;
          bid.quantity[bids] = bidSize;
          bids++;
        }
      }
      if (bytes[next] !== COMMA) break;
      next++;
    }
    bid.count = bids;
    ask.count = asks;
    return next;
  }

  /** Reads what follows the levels, to the closing brace. */
  #readTail(bytes: Uint8Array, at: number, layout: Layout): number {
    const type = readLiteral(bytes, at, layout.streamType);
    if (type === MISMATCH) return MISMATCH;
    let next = readLiteral(bytes, type, REALTIME);
    if (next === MISMATCH) next = readLiteral(bytes, type, SNAPSHOT);
    if (next === MISMATCH) return MISMATCH;
    if (bytes[next] === COMMA) next = readNumber(bytes, next, layout.level, this.#unit, 0);
    return next !== MISMATCH && bytes[next] === BRACE_CLOSE ? next + 1 : MISMATCH;
  }
}

function readNumber(bytes: Uint8Array, position: number, key: Uint8Array, into: Float64Array, at: number): number {
  const next = readLiteral(bytes, position, key);
  return next === MISMATCH ? MISMATCH : readDecimal(bytes, next, into, at);
}

/** A mapper for Upbit frames; results are indices into `symbols` (`BTC/USDT`), or FX_QUOTE for KRW-USDT. */
export function createUpbitMapper(symbols: readonly string[]): FrameMapper {
  return new UpbitMapper(symbols);
}
