import type { Features } from '../features/features.ts';
import type { SignalsView } from '../features/signals.ts';
import { type Book, emptyBook } from './types.ts';

/** Upbit's KRW-USDT best prices: the executable exchange rate in won per USDT. `receivedAtMs` is −1 until the first. */
export interface FxQuote {
  bid: number;
  ask: number;
  receivedAtMs: number;
}

export function emptyFx(): FxQuote {
  return { bid: 0, ask: 0, receivedAtMs: -1 };
}

/**
 * What both venues show for one symbol, with the exchange rate: all that a decision needs. The books are live: a reader
 * must not keep them beyond the call that it was given them for.
 */
export interface Market {
  readonly binance: Book;
  readonly upbit: Book;
  readonly fx: FxQuote;
  readonly liveness: Liveness;
  readonly features: Features;
  /** What takes all symbols together. */
  readonly signals: SignalsView;
}

/** When each connection last delivered anything (a frame, a pong or a status), by receive time in ms; −1 if never. */
export interface Liveness {
  binance: number;
  upbit: number;
}

/** One joined observation of a symbol: judged alone, at its receive time. Reused; valid during the call only. */
export interface Tick {
  /** Fencing token of whoever joined it; grows with every start. */
  epoch: number;
  /** Grows with every tick of an epoch. */
  seq: number;
  receivedAtMs: number;
  readonly symbol: string;
  readonly market: Market;
}

export function emptyMarket(fx: FxQuote, liveness: Liveness, features: Features, signals: SignalsView): Market {
  return { binance: emptyBook(), upbit: emptyBook(), fx, liveness, features, signals };
}

/** Whether both books have levels on both sides and the rate is known; nothing can be computed otherwise. */
export function isQuoted(market: Market): boolean {
  return market.fx.receivedAtMs >= 0 && market.binance.receivedAtMs >= 0 && market.upbit.receivedAtMs >= 0;
}
