import { type FrameMapper, FX_QUOTE } from '#core/market/mapping.ts';
import { FX_INSTRUMENT, upbitInstrument } from '#core/market/symbol.ts';
import { MAX_LEVELS, type QuoteUpdate } from '#core/market/types.ts';
import { isSane, Literal, MISMATCH, readDecimal, readLiteral, Source, skipInteger } from '../bytes.ts';
import { HASH_SEED, hashByte, InstrumentTable } from '../instruments.ts';
import { mapUpbitByParse } from './parse.ts';

/** The literals between the values of one naming style, in the order in which Upbit writes them. */
interface Layout {
  readonly code: Literal;
  readonly timestamp: Literal;
  readonly totalAsk: Literal;
  readonly totalBid: Literal;
  readonly units: Literal;
  readonly askPrice: Literal;
  readonly bidPrice: Literal;
  readonly askSize: Literal;
  readonly bidSize: Literal;
  readonly streamType: Literal;
  readonly level: Literal;
}

const DEFAULT: Layout = {
  code: new Literal('{"type":"orderbook","code":"'),
  timestamp: new Literal('","timestamp":'),
  totalAsk: new Literal(',"total_ask_size":'),
  totalBid: new Literal(',"total_bid_size":'),
  units: new Literal(',"orderbook_units":['),
  askPrice: new Literal('{"ask_price":'),
  bidPrice: new Literal(',"bid_price":'),
  askSize: new Literal(',"ask_size":'),
  bidSize: new Literal(',"bid_size":'),
  streamType: new Literal('],"stream_type":"'),
  level: new Literal(',"level":'),
};

const SIMPLE: Layout = {
  code: new Literal('{"ty":"orderbook","cd":"'),
  timestamp: new Literal('","tms":'),
  totalAsk: new Literal(',"tas":'),
  totalBid: new Literal(',"tbs":'),
  units: new Literal(',"obu":['),
  askPrice: new Literal('{"ap":'),
  bidPrice: new Literal(',"bp":'),
  askSize: new Literal(',"as":'),
  bidSize: new Literal(',"bs":'),
  streamType: new Literal('],"st":"'),
  level: new Literal(',"lv":'),
};

const REALTIME = new Literal('REALTIME"');
const SNAPSHOT = new Literal('SNAPSHOT"');

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
  readonly #source = new Source();
  /** Ask price, bid price, ask size, bid size of a unit before it is kept; the totals, which are only read over. */
  readonly #unit = new Float64Array(4);

  constructor(symbols: readonly string[]) {
    this.#instruments = upbitInstruments(symbols);
  }

  map(bytes: Uint8Array, start: number, end: number, out: QuoteUpdate): number {
    const offset = this.#source.open(bytes);
    let result = this.#mapUsual(this.#source, offset + start, offset + end, DEFAULT, out);
    if (result === MISMATCH) result = this.#mapUsual(this.#source, offset + start, offset + end, SIMPLE, out);
    return result === MISMATCH ? mapUpbitByParse(bytes, start, end, this.#instruments, out) : result;
  }

  #mapUsual(source: Source, start: number, end: number, layout: Layout, out: QuoteUpdate): number {
    const { bytes } = source;
    const code = readLiteral(source, start, layout.code);
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
    next = readLiteral(source, next, layout.timestamp);
    if (next === MISMATCH) return MISMATCH;
    next = skipInteger(source, next);
    if (next === MISMATCH) return MISMATCH;
    next = readNumber(source, next, layout.totalAsk, this.#unit, 0);
    if (next === MISMATCH) return MISMATCH;
    next = readNumber(source, next, layout.totalBid, this.#unit, 0);
    if (next === MISMATCH) return MISMATCH;
    next = readLiteral(source, next, layout.units);
    if (next === MISMATCH) return MISMATCH;
    next = this.#readUnits(source, next, layout, out);
    if (next === MISMATCH) return MISMATCH;
    if (this.#readTail(source, next, layout) !== end) return MISMATCH;
    return this.#instruments.find(bytes, code, codeEnd, hash);
  }

  /** Reads the levels up to the closing bracket. */
  #readUnits(source: Source, at: number, layout: Layout, out: QuoteUpdate): number {
    const { bytes } = source;
    const unit = this.#unit;
    const { bid, ask } = out;
    let bids = 0;
    let asks = 0;
    let lastBid = 0;
    let lastAsk = 0;
    let next = at;
    for (;;) {
      next = readNumber(source, next, layout.askPrice, unit, 0);
      if (next === MISMATCH) return MISMATCH;
      next = readNumber(source, next, layout.bidPrice, unit, 1);
      if (next === MISMATCH) return MISMATCH;
      next = readNumber(source, next, layout.askSize, unit, 2);
      if (next === MISMATCH) return MISMATCH;
      next = readNumber(source, next, layout.bidSize, unit, 3);
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
  #readTail(source: Source, at: number, layout: Layout): number {
    const { bytes } = source;
    const type = readLiteral(source, at, layout.streamType);
    if (type === MISMATCH) return MISMATCH;
    let next = readLiteral(source, type, REALTIME);
    if (next === MISMATCH) next = readLiteral(source, type, SNAPSHOT);
    if (next === MISMATCH) return MISMATCH;
    if (bytes[next] === COMMA) next = readNumber(source, next, layout.level, this.#unit, 0);
    return next !== MISMATCH && bytes[next] === BRACE_CLOSE ? next + 1 : MISMATCH;
  }
}

function readNumber(source: Source, position: number, key: Literal, into: Float64Array, at: number): number {
  const next = readLiteral(source, position, key);
  return next === MISMATCH ? MISMATCH : readDecimal(source, next, into, at);
}

/** A mapper for Upbit frames; results are indices into `symbols` (`BTC/USDT`), or FX_QUOTE for KRW-USDT. */
export function createUpbitMapper(symbols: readonly string[]): FrameMapper {
  return new UpbitMapper(symbols);
}
