/** Where one leg of a position is traded: `binance` prices in USDT, `upbit` in won and gives the exchange rate. */
export type VenueId = 'binance' | 'upbit';
export const VENUES: readonly VenueId[] = ['binance', 'upbit'];

/** One thing for each venue. */
export function byVenue<T>(make: (venue: VenueId) => T): Record<VenueId, T> {
  return { binance: make('binance'), upbit: make('upbit') };
}

/** What a venue's prices, amounts and paper fees are counted in. */
export const CURRENCY_OF = { binance: 'USDT', upbit: 'KRW' } as const satisfies Record<VenueId, string>;

export type Side = 'buy' | 'sell';

/**
 * The two ways to hold a position, named after the venue on which the coin is sold at entry.
 * `SELL_UPBIT` buys on Binance and sells on Upbit; `SELL_BINANCE` the other way round.
 */
export type Direction = 'SELL_UPBIT' | 'SELL_BINANCE';

/** Most levels of a side that are kept; both venues show at most 30. */
export const MAX_LEVELS = 32;

/** One side of a book: the best level first; only the first `count` entries are in use. Prices in the quote currency. */
export interface BookSide {
  readonly price: Float64Array;
  readonly quantity: Float64Array;
  count: number;
}

/** What a venue displays for one instrument. `receivedAtMs` is −1 until the first frame. */
export interface Book {
  readonly bid: BookSide;
  readonly ask: BookSide;
  receivedAtMs: number;
  /** When a frame last brought something new, and how many have repeated it since. */
  changedAtMs: number;
  repeats: number;
}

/** What a mapper fills from one frame: both sides, no time. Reused from frame to frame. */
export interface QuoteUpdate {
  readonly bid: BookSide;
  readonly ask: BookSide;
}

export function emptySide(): BookSide {
  return { price: new Float64Array(MAX_LEVELS), quantity: new Float64Array(MAX_LEVELS), count: 0 };
}

export function emptyBook(): Book {
  return { bid: emptySide(), ask: emptySide(), receivedAtMs: -1, changedAtMs: -1, repeats: 0 };
}

/** @returns whether the copied side differs from what was there */
export function copySide(from: BookSide, to: BookSide): boolean {
  const count = from.count;
  let changed = count !== to.count;
  for (let i = 0; i < count; i++) {
    const price = from.price[i]!;
    const quantity = from.quantity[i]!;
    if (price === to.price[i]! && quantity === to.quantity[i]!) continue;
    changed = true;
    to.price[i] = price;
    to.quantity[i] = quantity;
  }
  to.count = count;
  return changed;
}

/** The venue on which a direction buys the coin at entry. */
export function buyVenue(direction: Direction): VenueId {
  return direction === 'SELL_UPBIT' ? 'binance' : 'upbit';
}

export function oppositeDirection(direction: Direction): Direction {
  return direction === 'SELL_UPBIT' ? 'SELL_BINANCE' : 'SELL_UPBIT';
}

export function otherVenue(venue: VenueId): VenueId {
  return venue === 'binance' ? 'upbit' : 'binance';
}
