/** The two sources of a tape's frames, as the numbers that a visitor gets. */
export const TAPE_BINANCE = 0;
export const TAPE_UPBIT = 1;
export type TapeVenue = typeof TAPE_BINANCE | typeof TAPE_UPBIT;

/** Why a line was left out. `cut`: the last line, which does not end. `long`: beyond any frame's size. */
export type RejectReason = 'empty' | 'time' | 'source' | 'frame' | 'cut' | 'long';

/** The parts of the line found last; reused. `frame` is where its frame starts. */
export interface LineParts {
  atMs: number;
  venue: TapeVenue;
  frame: number;
}

const SPACE = 32;
const BINANCE = Uint8Array.from(Buffer.from('binance ', 'latin1'));
const UPBIT = Uint8Array.from(Buffer.from('upbit ', 'latin1'));
/** Milliseconds until the year 2286: a longer one is damaged, and the clock must not follow it. */
const MAX_TIME_DIGITS = 13;

/** Splits `<time> <source> <frame>` in `bytes[start, end)`; undefined if it is well-formed, else the reason. */
export function splitLine(bytes: Uint8Array, start: number, end: number, parts: LineParts): RejectReason | undefined {
  if (start >= end) return 'empty';
  let next = start;
  let atMs = 0;
  let digit = bytes[next]! - 48;
  while (digit >= 0 && digit <= 9 && next < end) {
    atMs = atMs * 10 + digit;
    digit = bytes[++next]! - 48;
  }
  const digits = next - start;
  if (digits === 0 || digits > MAX_TIME_DIGITS || next >= end || bytes[next] !== SPACE) return 'time';
  next++;
  if (startsWith(bytes, next, BINANCE)) {
    parts.venue = TAPE_BINANCE;
    next += BINANCE.length;
  } else if (startsWith(bytes, next, UPBIT)) {
    parts.venue = TAPE_UPBIT;
    next += UPBIT.length;
  } else {
    return 'source';
  }
  if (next >= end) return next === end ? 'frame' : 'source';
  parts.atMs = atMs;
  parts.frame = next;
  return undefined;
}

function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) {
    if (bytes[at + i] !== expected[i]) return false;
  }
  return true;
}
