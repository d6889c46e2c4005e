import {
  CONTROL_FRAME,
  ERROR_FRAME,
  FOREIGN_FRAME,
  MALFORMED_JSON,
  MALFORMED_SHAPE,
  MALFORMED_VALUE,
  SHUTDOWN_FRAME,
} from '#core/market/mapping.ts';
import type { BookSide, QuoteUpdate } from '#core/market/types.ts';
import { textOf } from '../bytes.ts';
import type { InstrumentTable } from '../instruments.ts';
import { takeLevel } from '../levels.ts';
import {
  acknowledgementSchema,
  bookTickerSchema,
  combinedSchema,
  DECIMAL,
  errorSchema,
  PARTIAL_DEPTH_STREAM,
  partialDepthSchema,
  SERVER_SHUTDOWN,
  SERVER_SHUTDOWN_STREAM,
} from './wire.ts';

/**
 * What a Binance frame says, by JSON.parse and the wire schema: the mapper's reference for every frame, and the only
 * judge of unusual and malformed ones. Never throws.
 */
export function mapBinanceByParse(
  bytes: Uint8Array,
  start: number,
  end: number,
  instruments: InstrumentTable,
  out: QuoteUpdate,
): number {
  let frame: unknown;
  try {
    frame = JSON.parse(textOf(bytes, start, end, 'utf8'));
  } catch {
    return MALFORMED_JSON;
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return MALFORMED_SHAPE;
  if ('stream' in frame) return mapCombined(frame, instruments, out);
  if ('e' in frame && frame.e === SERVER_SHUTDOWN) return SHUTDOWN_FRAME;
  if (errorSchema.safeParse(frame).success) return ERROR_FRAME;
  if (acknowledgementSchema.safeParse(frame).success) return CONTROL_FRAME;
  if ('e' in frame && typeof frame.e === 'string' && frame.e !== 'bookTicker') return FOREIGN_FRAME;
  return mapTicker(frame, undefined, instruments, out);
}

function mapCombined(frame: object, instruments: InstrumentTable, out: QuoteUpdate): number {
  const combined = combinedSchema.safeParse(frame);
  if (!combined.success) return MALFORMED_SHAPE;
  const { stream, data } = combined.data;
  if (stream === SERVER_SHUTDOWN_STREAM || (!Array.isArray(data) && data.e === SERVER_SHUTDOWN)) return SHUTDOWN_FRAME;
  const at = stream.indexOf('@');
  if (at < 0) return stream.startsWith('!') ? FOREIGN_FRAME : MALFORMED_SHAPE;
  const instrument = stream.slice(0, at);
  const kind = stream.slice(at + 1);
  if (kind === 'bookTicker') return mapTicker(data, instrument, instruments, out);
  return PARTIAL_DEPTH_STREAM.test(kind) ? mapDepth(data, instrument, instruments, out) : FOREIGN_FRAME;
}

/** `instrument`: the lower-case name in the stream's name; absent on a raw connection. */
function mapTicker(
  data: unknown,
  instrument: string | undefined,
  instruments: InstrumentTable,
  out: QuoteUpdate,
): number {
  const parsed = bookTickerSchema.safeParse(data);
  if (!parsed.success) return MALFORMED_SHAPE;
  const ticker = parsed.data;
  if (instrument !== undefined && ticker.s.toLowerCase() !== instrument) return MALFORMED_SHAPE;
  const bid = takeSide([[ticker.b, ticker.B]], true, out.bid);
  if (bid < 0) return bid;
  const ask = takeSide([[ticker.a, ticker.A]], false, out.ask);
  return ask < 0 ? ask : instruments.findText(ticker.s);
}

function mapDepth(data: unknown, instrument: string, instruments: InstrumentTable, out: QuoteUpdate): number {
  const parsed = partialDepthSchema.safeParse(data);
  if (!parsed.success) return MALFORMED_SHAPE;
  const { s, bids, asks } = parsed.data;
  if (s !== undefined && s.toLowerCase() !== instrument) return MALFORMED_SHAPE;
  const bid = takeSide(bids, true, out.bid);
  if (bid < 0) return bid;
  const ask = takeSide(asks, false, out.ask);
  if (ask < 0) return ask;
  return instrument === instrument.toLowerCase() ? instruments.findText(instrument.toUpperCase()) : FOREIGN_FRAME;
}

/** 0, or a MALFORMED code. */
function takeSide(levels: readonly (readonly [string, string])[], isBid: boolean, side: BookSide): number {
  side.count = 0;
  let last = 0;
  for (const [price, quantity] of levels) {
    if (!DECIMAL.test(price) || !DECIMAL.test(quantity)) return MALFORMED_VALUE;
    last = takeLevel(side, isBid, Number(price), Number(quantity), last);
    if (last < 0) return last;
  }
  return 0;
}
