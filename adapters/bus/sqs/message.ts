import { TwinlegError } from '#core/errors.ts';
import type { SignalsView } from '#core/features/signals.ts';
import { Outside } from '#core/guards/outside.ts';
import type { Tick } from '#core/market/market.ts';
import { type Book, type BookSide, emptySide } from '#core/market/types.ts';
import { type Decoded, decodeBody, withinLimit } from './body.ts';
import { TICK_VERSION, type TickBody, tickShape } from './tick-shape.ts';

/** What a sender adds to a tick. */
export interface TickContext {
  readonly sentAtMs: number;
  /** Counts changes of the configuration. */
  readonly configEpoch: number;
  /** What the sender measured, for guards that ask for it. */
  readonly outside: Outside;
  /** How far back crossings of the entry threshold still count, ms: `guards.commonMode.windowMs`. */
  readonly crossingsWindowMs: number;
}

/** A tick as it arrived: judged alone, without anything that its sender remembers. */
export interface DeliveredTick {
  readonly tick: Tick;
  readonly sentAtMs: number;
  readonly configEpoch: number;
  readonly outside: Outside;
}

/**
 * A tick as JSON text, below 64 KB.
 *
 * @throws TwinlegError `MESSAGE_OVERSIZED`
 */
export function encodeTick(tick: Tick, context: TickContext): string {
  const { market, symbol, receivedAtMs } = tick;
  const { signals } = market;
  const { outside, sentAtMs, configEpoch, crossingsWindowMs } = context;
  const body: TickBody = {
    v: TICK_VERSION,
    kind: 'tick',
    symbol,
    epoch: tick.epoch,
    seq: tick.seq,
    receivedAtMs,
    sentAtMs,
    configEpoch,
    binance: encodeBook(market.binance),
    upbit: encodeBook(market.upbit),
    fx: { ...market.fx },
    liveness: { ...market.liveness },
    features: { ...market.features },
    signals: {
      impliedRate: known(signals.impliedRate),
      fxMedian: known(signals.fxMedian),
      sellUpbitAtMs: signals.crossedAtMs('SELL_UPBIT', receivedAtMs, crossingsWindowMs),
      sellBinanceAtMs: signals.crossedAtMs('SELL_BINANCE', receivedAtMs, crossingsWindowMs),
    },
    outside: {
      skewMs: outside.skewMs,
      freeBytes: outside.freeBytes,
      reconciled: outside.mismatch !== undefined,
      mismatch: outside.mismatch ?? null,
      warned: outside.warned.has(symbol),
      suspended: outside.suspended?.has(symbol) ?? null,
      sinceMs: outside.sinceMs,
      errorsInMinute: outside.errorsInMinute,
    },
  };
  const text = JSON.stringify(body);
  if (withinLimit(text)) return text;
  throw new TwinlegError(
    'MESSAGE_OVERSIZED',
    `a tick of ${symbol} is ${text.length} bytes`,
    'a venue shows more than was ever seen: report it',
  );
}

/** Reads a tick strictly: anything that is unknown, missing or impossible makes the whole of it unreadable. */
export function decodeTick(text: string): Decoded<DeliveredTick> {
  const read = decodeBody(text, 'tick', TICK_VERSION, tickShape);
  return read.ok ? { ok: true, value: delivered(read.value) } : read;
}

function delivered(body: TickBody): DeliveredTick {
  const { symbol, epoch, seq, receivedAtMs } = body;
  const market = {
    binance: decodeBook(body.binance),
    upbit: decodeBook(body.upbit),
    fx: body.fx,
    liveness: body.liveness,
    features: body.features,
    signals: new SentSignals(body.signals),
  };
  return {
    tick: { symbol, epoch, seq, receivedAtMs, market },
    sentAtMs: body.sentAtMs,
    configEpoch: body.configEpoch,
    outside: decodeOutside(body.outside, symbol),
  };
}

/** Signals as they were when the tick was made. */
class SentSignals implements SignalsView {
  readonly #body: TickBody['signals'];
  readonly impliedRate: number;
  readonly fxMedian: number;

  constructor(body: TickBody['signals']) {
    this.#body = body;
    this.impliedRate = body.impliedRate ?? Number.NaN;
    this.fxMedian = body.fxMedian ?? Number.NaN;
  }

  crossings: SignalsView['crossings'] = (direction, nowMs, windowMs) =>
    this.crossedAtMs(direction, nowMs, windowMs).length;

  crossedAtMs: SignalsView['crossedAtMs'] = (direction, nowMs, windowMs) => {
    const times = direction === 'SELL_UPBIT' ? this.#body.sellUpbitAtMs : this.#body.sellBinanceAtMs;
    return times.filter((atMs) => nowMs - atMs <= windowMs);
  };
}

function decodeOutside(body: TickBody['outside'], symbol: string): Outside {
  const outside = new Outside();
  outside.skewMs = body.skewMs;
  outside.freeBytes = body.freeBytes;
  outside.mismatch = body.reconciled ? body.mismatch : undefined;
  outside.warned = new Set(body.warned ? [symbol] : []);
  outside.suspended = body.suspended === null ? null : new Set(body.suspended ? [symbol] : []);
  outside.sinceMs = body.sinceMs;
  outside.errorsInMinute = body.errorsInMinute;
  return outside;
}

function encodeBook({ bid, ask, receivedAtMs, changedAtMs, repeats }: Book): TickBody['binance'] {
  return { bid: encodeSide(bid), ask: encodeSide(ask), receivedAtMs, changedAtMs, repeats };
}

function encodeSide({ price, quantity, count }: BookSide): number[] {
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(price[i]!, quantity[i]!);
  return values;
}

function decodeBook({ bid, ask, receivedAtMs, changedAtMs, repeats }: TickBody['binance']): Book {
  return { bid: decodeSide(bid), ask: decodeSide(ask), receivedAtMs, changedAtMs, repeats };
}

function decodeSide(values: readonly number[]): BookSide {
  const side = emptySide();
  side.count = values.length / 2;
  for (let i = 0; i < side.count; i++) {
    side.price[i] = values[2 * i]!;
    side.quantity[i] = values[2 * i + 1]!;
  }
  return side;
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
