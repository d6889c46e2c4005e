import type { Book } from '../market/types.ts';
import type { Guard, GuardContext } from './types.ts';

/** A book that says the same for so long, ms … */
const FROZEN_MS = 3_000;
/** … at this many frames a second or more is not quiet, it is stuck: venues send a frame where something changed. */
const REPEATS_PER_SECOND = 3;

function frozenMs(book: Book, nowMs: number): number {
  const forMs = nowMs - book.changedAtMs;
  return book.repeats * 1000 >= forMs * REPEATS_PER_SECOND ? forMs : 0;
}

/** For how long either book has been repeating itself, ms; 0 where frames bring news or hardly come. */
function longestMs({ market, nowMs }: GuardContext): number {
  return Math.max(frozenMs(market.binance, nowMs), frozenMs(market.upbit, nowMs));
}

/** Frame after frame of the same book. Protects from trading against a price that only looks stable. */
export const bookFrozen: Guard = {
  code: 'BOOK_FROZEN',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'a book that is sent again and again without a change while the market moves away from it',
  key: null,
  passes: (context) => longestMs(context) < FROZEN_MS,
  value: longestMs,
  limit: () => FROZEN_MS,
};
