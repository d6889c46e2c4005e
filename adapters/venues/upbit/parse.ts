import { CONTROL_FRAME, ERROR_FRAME, FOREIGN_FRAME, MALFORMED_JSON, MALFORMED_SHAPE } from '#core/market/mapping.ts';
import type { QuoteUpdate } from '#core/market/types.ts';
import { textOf } from '../bytes.ts';
import type { InstrumentTable } from '../instruments.ts';
import { takeLevel } from '../levels.ts';
import { DEPTH_SUFFIX, errorSchema, orderbookSchema, simpleOrderbookSchema, statusSchema } from './wire.ts';

/**
 * What an Upbit frame says, by JSON.parse and the wire schema: the mapper's reference for every frame, and the only
 * judge of unusual and malformed ones. Never throws.
 */
export function mapUpbitByParse(
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
  // The LIST formats wrap each object in an array of its own.
  if (Array.isArray(frame) && frame.length === 1) frame = frame[0];
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return MALFORMED_SHAPE;
  const type = 'type' in frame ? frame.type : 'ty' in frame ? frame.ty : undefined;
  if (type === 'orderbook') return mapOrderbook(frame, instruments, out);
  if (typeof type === 'string') return FOREIGN_FRAME;
  if (errorSchema.safeParse(frame).success) return ERROR_FRAME;
  return type === undefined && statusSchema.safeParse(frame).success ? CONTROL_FRAME : MALFORMED_SHAPE;
}

function mapOrderbook(frame: object, instruments: InstrumentTable, out: QuoteUpdate): number {
  const { bid, ask } = out;
  bid.count = 0;
  ask.count = 0;
  let lastBid = 0;
  let lastAsk = 0;
  const book = readOrderbook(frame);
  if (book === undefined) return MALFORMED_SHAPE;
  for (const unit of book.units) {
    lastAsk = takeLevel(ask, false, unit.ap, unit.as, lastAsk);
    if (lastAsk < 0) return lastAsk;
    lastBid = takeLevel(bid, true, unit.bp, unit.bs, lastBid);
    if (lastBid < 0) return lastBid;
  }
  return instruments.findText(book.code.replace(DEPTH_SUFFIX, ''));
}

interface Orderbook {
  readonly code: string;
  readonly units: readonly { readonly ap: number; readonly bp: number; readonly as: number; readonly bs: number }[];
}

function readOrderbook(frame: object): Orderbook | undefined {
  if ('cd' in frame) {
    const parsed = simpleOrderbookSchema.safeParse(frame);
    return parsed.success ? { code: parsed.data.cd, units: parsed.data.obu } : undefined;
  }
  const parsed = orderbookSchema.safeParse(frame);
  if (!parsed.success) return undefined;
  const units = parsed.data.orderbook_units.map((unit) => ({
    ap: unit.ask_price,
    bp: unit.bid_price,
    as: unit.ask_size,
    bs: unit.bid_size,
  }));
  return { code: parsed.data.code, units };
}
