import { FOREIGN_FRAME, type FrameMapper } from '#core/market/mapping.ts';
import { binanceInstrument } from '#core/market/symbol.ts';
import { type BookSide, MAX_LEVELS, type QuoteUpdate } from '#core/market/types.ts';
import { isSane, Literal, MISMATCH, readDecimal, readLiteral, Source, skipInteger } from '../bytes.ts';
import { HASH_SEED, hashByte, InstrumentTable } from '../instruments.ts';
import { mapBinanceByParse } from './parse.ts';

const STREAM = new Literal('{"stream":"');
const BOOK_TICKER = new Literal('bookTicker","data":{"u":');
const RAW_BOOK_TICKER = new Literal('{"u":');
const SYMBOL = new Literal(',"s":"');
const BID_PRICE = new Literal('","b":"');
const BID_QUANTITY = new Literal('","B":"');
const ASK_PRICE = new Literal('","a":"');
const ASK_QUANTITY = new Literal('","A":"');
const DEPTH = new Literal('depth');
const EVERY_100_MS = new Literal('@100ms');
const DEPTH_DATA = new Literal('","data":{"lastUpdateId":');
const BIDS = new Literal(',"bids":[');
const ASKS = new Literal('],"asks":[');
const BETWEEN = new Literal('","');

const QUOTE = 34;
const BRACE_CLOSE = 125;
const NO_STREAM = -1;

/** The instruments of `symbols` with their indices, for {@link mapBinanceByParse} and the mapper. */
export function binanceInstruments(symbols: readonly string[]): InstrumentTable {
  return new InstrumentTable(symbols.map((symbol, index) => [binanceInstrument(symbol), index] as const));
}

/**
 * Reads Binance's usual layouts (combined `bookTicker` and partial depth, raw `bookTicker`) straight from the bytes.
 * Anything else, and anything odd, is left to {@link mapBinanceByParse}, which alone decides what is malformed.
 */
class BinanceMapper implements FrameMapper {
  readonly #instruments: InstrumentTable;
  readonly #source = new Source();
  /** Price and quantity of a level before it is kept. */
  readonly #level = new Float64Array(2);
  /** A depth frame's instrument in upper case. */
  readonly #upper = new Uint8Array(64);

  constructor(symbols: readonly string[]) {
    this.#instruments = binanceInstruments(symbols);
  }

  map(bytes: Uint8Array, start: number, end: number, out: QuoteUpdate): number {
    const offset = this.#source.open(bytes);
    const result = this.#mapUsual(this.#source, offset + start, offset + end, out);
    return result === MISMATCH ? mapBinanceByParse(bytes, start, end, this.#instruments, out) : result;
  }

  /** The result, or MISMATCH where the layout is not a usual one. */
  #mapUsual(source: Source, start: number, end: number, out: QuoteUpdate): number {
    const { bytes } = source;
    const name = readLiteral(source, start, STREAM);
    if (name === MISMATCH) {
      const update = readLiteral(source, start, RAW_BOOK_TICKER);
      return update === MISMATCH ? MISMATCH : this.#mapTicker(source, update, NO_STREAM, 0, end, out);
    }
    let next = name;
    let hash = HASH_SEED;
    for (;;) {
      const byte = bytes[next]!;
      if (byte >= 97 && byte <= 122) hash = hashByte(hash, byte - 32);
      else if (byte >= 48 && byte <= 57) hash = hashByte(hash, byte);
      else if (byte === 64) break;
      else return MISMATCH;
      next++;
    }
    const update = readLiteral(source, next + 1, BOOK_TICKER);
    if (update !== MISMATCH) return this.#mapTicker(source, update, name, next - name, end, out);
    return this.#mapDepth(source, next + 1, name, next, hash, end, out);
  }

  /** From the update id on. `stream` and `length` locate the lower-case instrument of the stream's name. */
  #mapTicker(source: Source, at: number, stream: number, length: number, end: number, out: QuoteUpdate): number {
    const { bytes } = source;
    let next = skipInteger(source, at);
    if (next === MISMATCH) return MISMATCH;
    const symbol = readLiteral(source, next, SYMBOL);
    if (symbol === MISMATCH) return MISMATCH;
    next = symbol;
    let hash = HASH_SEED;
    for (;;) {
      const byte = bytes[next]!;
      const letter = byte >= 65 && byte <= 90;
      if (!letter && !(byte >= 48 && byte <= 57)) break;
      if (stream !== NO_STREAM && bytes[stream + next - symbol] !== (letter ? byte + 32 : byte)) return MISMATCH;
      hash = hashByte(hash, byte);
      next++;
    }
    if (stream !== NO_STREAM && next - symbol !== length) return MISMATCH;
    const symbolEnd = next;
    next = readPair(source, next, BID_PRICE, BID_QUANTITY, out.bid);
    if (next === MISMATCH) return MISMATCH;
    next = readPair(source, next, ASK_PRICE, ASK_QUANTITY, out.ask);
    if (next === MISMATCH || bytes[next] !== QUOTE || bytes[next + 1] !== BRACE_CLOSE) return MISMATCH;
    next += 2;
    if (stream !== NO_STREAM) {
      if (bytes[next] !== BRACE_CLOSE) return MISMATCH;
      next++;
    }
    if (next !== end) return MISMATCH;
    return this.#instruments.find(bytes, symbol, symbolEnd, hash);
  }

  /** From the stream's kind on; `name` and `nameEnd` locate the instrument, which depth frames hold nowhere else. */
  #mapDepth(
    source: Source,
    at: number,
    name: number,
    nameEnd: number,
    hash: number,
    end: number,
    out: QuoteUpdate,
  ): number {
    const { bytes } = source;
    let next = readLiteral(source, at, DEPTH);
    if (next === MISMATCH) return MISMATCH;
    const first = bytes[next];
    if (first === 53) next++;
    else if ((first === 49 || first === 50) && bytes[next + 1] === 48) next += 2;
    else return MISMATCH;
    if (bytes[next] === 64) next = readLiteral(source, next, EVERY_100_MS);
    if (next === MISMATCH) return MISMATCH;
    next = readLiteral(source, next, DEPTH_DATA);
    if (next === MISMATCH) return MISMATCH;
    next = skipInteger(source, next);
    if (next === MISMATCH) return MISMATCH;
    next = readLiteral(source, next, BIDS);
    if (next === MISMATCH) return MISMATCH;
    next = this.#readSide(source, next, out.bid, true);
    if (next === MISMATCH) return MISMATCH;
    next = readLiteral(source, next, ASKS);
    if (next === MISMATCH) return MISMATCH;
    next = this.#readSide(source, next, out.ask, false);
    if (next === MISMATCH || bytes[next] !== 93 || bytes[next + 1] !== BRACE_CLOSE || bytes[next + 2] !== BRACE_CLOSE) {
      return MISMATCH;
    }
    if (next + 3 !== end) return MISMATCH;
    return this.#findLowerCase(bytes, name, nameEnd, hash);
  }

  /** Reads `["price","quantity"],…` up to the closing bracket of the side. */
  #readSide(source: Source, at: number, side: BookSide, isBid: boolean): number {
    const { bytes } = source;
    const level = this.#level;
    let next = at;
    let last = 0;
    let count = 0;
    if (bytes[next] !== 93) {
      for (;;) {
        if (bytes[next] !== 91 || bytes[next + 1] !== QUOTE) return MISMATCH;
        next = readDecimal(source, next + 2, level, 0);
        if (next === MISMATCH) return MISMATCH;
        next = readLiteral(source, next, BETWEEN);
        if (next === MISMATCH) return MISMATCH;
        next = readDecimal(source, next, level, 1);
        if (next === MISMATCH || bytes[next] !== QUOTE || bytes[next + 1] !== 93) return MISMATCH;
        next += 2;
        const price = level[0]!;
        const quantity = level[1]!;
        if (!isSane(price) || !isSane(quantity)) return MISMATCH;
        if (price !== 0 && quantity !== 0) {
          if (last !== 0 && (isBid ? price > last : price < last)) return MISMATCH;
          last = price;
          if (count < MAX_LEVELS) {
            side.price[count] = price;
            side.quantity[count] = quantity;
            count++;
          }
        }
        if (bytes[next] !== 44) break;
        next++;
      }
    }
    side.count = count;
    return next;
  }

  #findLowerCase(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const upper = this.#upper;
    const length = end - start;
    // No instrument's name is longer than the buffer.
    if (length > upper.length) return FOREIGN_FRAME;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      upper[i] = byte >= 97 ? byte - 32 : byte;
    }
    return this.#instruments.find(upper, 0, length, hash);
  }
}

/** Reads one price and quantity, each behind its key, as the only level of a side. */
function readPair(source: Source, at: number, priceKey: Literal, quantityKey: Literal, side: BookSide): number {
  let next = readLiteral(source, at, priceKey);
  if (next === MISMATCH) return MISMATCH;
  next = readDecimal(source, next, side.price, 0);
  if (next === MISMATCH) return MISMATCH;
  next = readLiteral(source, next, quantityKey);
  if (next === MISMATCH) return MISMATCH;
  next = readDecimal(source, next, side.quantity, 0);
  const price = side.price[0]!;
  const quantity = side.quantity[0]!;
  if (!isSane(price) || !isSane(quantity)) return MISMATCH;
  side.count = price === 0 || quantity === 0 ? 0 : 1;
  return next;
}

/** A mapper for Binance frames; results are indices into `symbols` (`BTC/USDT`). */
export function createBinanceMapper(symbols: readonly string[]): FrameMapper {
  return new BinanceMapper(symbols);
}
