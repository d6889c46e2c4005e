import { encodeTick } from '#adapters/bus/sqs/message.ts';
import type { Settings } from '#core/engine/settings.ts';
import { emptyFeatures } from '#core/features/features.ts';
import { Signals } from '#core/features/signals.ts';
import { Outside } from '#core/guards/outside.ts';
import { Joiner } from '#core/market/joiner.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { emptyMarket, type Tick } from '#core/market/market.ts';
import { type Book, emptySide, type QuoteUpdate, type VenueId } from '#core/market/types.ts';

export interface SentTick {
  readonly symbol: string;
  readonly atMs: number;
  readonly body: string;
}

const FX = 1400;

/** Makes ticks as a gateway does, with the product's own joiner and codec, from gaps that a test asks for. */
export class TickMaker {
  readonly #symbols: readonly string[];
  readonly #joiner: Joiner;
  readonly #update: QuoteUpdate = { bid: emptySide(), ask: emptySide() };
  #made: SentTick[] = [];
  #sentAtMs: (receivedAtMs: number) => number = (atMs) => atMs;

  constructor(settings: Settings, epoch: number) {
    this.#symbols = settings.watched;
    this.#joiner = new Joiner(settings.watched, epoch, settings.strategy.entryEdge, (tick) => {
      const body = encodeTick(tick, {
        sentAtMs: this.#sentAtMs(tick.receivedAtMs),
        configEpoch: 0,
        outside: new Outside(),
        crossingsWindowMs: 2000,
      });
      this.#made.push({ symbol: tick.symbol, atMs: tick.receivedAtMs, body });
    });
  }

  /** The clock of whoever sends from now on, against the moments given. */
  skew(ms: number): void {
    this.#sentAtMs = (atMs) => atMs + ms;
  }

  /** Both venues quote a symbol, Upbit dearer by `gap`; one tick for each frame, the last one joins all of it. */
  quote(symbol: string, gap: number, depthUsdt: number, atMs: number): SentTick[] {
    const index = this.#symbols.indexOf(symbol);
    const price = 20 * (index + 1) * (1 + index);
    const won = Math.round((price * FX * (1 + gap)) / 10) * 10;
    this.#quote('upbit', FX_QUOTE, FX, FX + 0.5, 1e6, atMs);
    this.#quote('binance', index, price, price + 0.01, depthUsdt / price, atMs);
    this.#quote('upbit', index, won, won + 10, depthUsdt / price, atMs);
    const made = this.#made.filter((tick) => tick.symbol === symbol);
    this.#made = [];
    return made;
  }

  #quote(venue: VenueId, target: number, bid: number, ask: number, quantity: number, atMs: number): void {
    for (const [side, price] of [
      [this.#update.bid, bid],
      [this.#update.ask, ask],
    ] as const) {
      side.count = 1;
      side.price[0] = price;
      side.quantity[0] = quantity;
    }
    this.#joiner.liveness[venue] = atMs;
    this.#joiner.quote(venue, target, this.#update, atMs);
  }
}

/** A tick of its own, with everything that a judgement looks at. */
export function quotedTick(symbol: string, seq: number): Tick {
  const book = (price: number): Book => ({
    bid: sideOf(price),
    ask: sideOf(price + 1),
    receivedAtMs: 1_700_000_000_000 + seq,
    changedAtMs: 1_700_000_000_000,
    repeats: seq,
  });
  const fx = { bid: 1400, ask: 1400.5, receivedAtMs: 1_700_000_000_000 };
  const features = { ...emptyFeatures(), premium: seq / 1000 };
  const market = {
    ...emptyMarket(fx, { binance: 1, upbit: 2 }, features, new Signals(1)),
    binance: book(100 + seq),
    upbit: book(140_000 + seq),
  };
  return { symbol, epoch: 1, seq, receivedAtMs: 1_700_000_000_000 + seq, market };
}

function sideOf(price: number) {
  const side = emptySide();
  side.count = 1;
  side.price[0] = price;
  side.quantity[0] = price / 7;
  return side;
}
