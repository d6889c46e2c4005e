/**
 * Cursor functions over the bytes of one frame. Each takes a position and returns the position behind what it read, or
 * {@link MISMATCH}. They need no end: every layout is read to its closing brace, and the caller compares the position
 * behind it with the frame's end, so a token that ran over the end is noticed there. The value is none of a mapper's
 * results, so it also stands for "not a usual layout".
 */
export const MISMATCH = -100;

/** Prices and quantities outside these bounds (0 apart) are taken for corruption. */
export const MIN_VALUE = 1e-18;
export const MAX_VALUE = 1e18;

const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const MAX_EXACT_POWER = 22;
const MAX_EXACT_MANTISSA = 2 ** 53;
const MAX_INT32_DIGITS = 9;
const WORD = 4;
const ZEROS = 0x30303030;
const SIXES = 0x06060606;
const UPPER_HALVES = 0xf0f0f0f0 | 0;
const LOW_BYTES = 0x000f000f;
const EMPTY = new Uint8Array(0);

/** What stands between the values of a layout: its bytes, and its bytes by four, the last four once more at its end. */
export class Literal {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly length: number;

  constructor(text: string) {
    this.bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
    this.length = this.bytes.length;
    const view = new DataView(this.bytes.buffer);
    const starts: number[] = [];
    for (let at = 0; at + WORD < this.length; at += WORD) starts.push(at);
    if (this.length >= WORD) starts.push(this.length - WORD);
    this.words = Int32Array.from(starts, (at) => view.getInt32(at, true));
  }
}

/**
 * The bytes that frames are read from, four at a time where that is possible. One for a mapper: it is pointed at the memory in
 * which a frame lies, which many frames share, and positions are counted from the beginning of that memory.
 */
export class Source {
  bytes: Uint8Array = EMPTY;
  view: DataView = new DataView(EMPTY.buffer);
  #memory: ArrayBufferLike = EMPTY.buffer;

  /** @returns where `frame` begins */
  open(frame: Uint8Array): number {
    const memory = frame.buffer;
    if (memory !== this.#memory) {
      this.#memory = memory;
      this.bytes = new Uint8Array(memory);
      this.view = new DataView(memory);
    }
    return frame.byteOffset;
  }
}

/** Reads exactly `expected`. */
export function readLiteral({ bytes, view }: Source, position: number, expected: Literal): number {
  const { length } = expected;
  const end = position + length;
  if (length < WORD || end > bytes.length) return readShort(bytes, position, expected.bytes);
  const { words } = expected;
  const last = words.length - 1;
  for (let i = 0; i < last; i++) if (view.getInt32(position + i * WORD, true) !== words[i]) return MISMATCH;
  return view.getInt32(end - WORD, true) === words[last] ? end : MISMATCH;
}

function readShort(bytes: Uint8Array, position: number, expected: Uint8Array): number {
  for (let i = 0; i < expected.length; i++) {
    if (bytes[position + i] !== expected[i]) return MISMATCH;
  }
  return position + expected.length;
}

/** The value of four digits, or −1 where they are not four digits. */
function fourDigits(view: DataView, position: number): number {
  const word = view.getInt32(position, true) ^ ZEROS;
  // A byte above 9 reaches its upper half, by itself or with 6 added.
  if (((word | (word + SIXES)) & UPPER_HALVES) !== 0) return -1;
  const pairs = Math.imul(word & LOW_BYTES, 10) + ((word >>> 8) & LOW_BYTES);
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}

/**
 * Reads a JSON number without sign and writes its value to `into[at]`, correctly rounded as by `Number`: a mantissa
 * below 2^53 times or divided by a power of ten up to 10^22 is one exact operation on exact operands (Clinger's fast
 * path); anything longer is left to `Number`. Infinity is a {@link MISMATCH}.
 */
export function readDecimal({ bytes, view }: Source, position: number, into: Float64Array, at: number): number {
  let next = position;
  let digit = bytes[next]! - 48;
  if (!(digit >= 0 && digit <= 9)) return MISMATCH;
  // Whole part and fraction are summed apart as 32-bit integers, which is why neither may have more than nine digits.
  let whole = digit;
  next++;
  if (digit !== 0) {
    digit = bytes[next]! - 48;
    while (digit >= 0 && digit <= 9) {
      whole = (Math.imul(whole, 10) + digit) | 0;
      digit = bytes[++next]! - 48;
    }
  }
  const wholeEnd = next;
  let fraction = 0;
  let fractionDigits = 0;
  let byte = bytes[next]!;
  if (byte === 46) {
    next++;
    while (next + WORD <= bytes.length) {
      const four = fourDigits(view, next);
      if (four < 0) break;
      fraction = (Math.imul(fraction, 10_000) + four) | 0;
      next += WORD;
    }
    digit = bytes[next]! - 48;
    while (digit >= 0 && digit <= 9) {
      fraction = (Math.imul(fraction, 10) + digit) | 0;
      digit = bytes[++next]! - 48;
    }
    fractionDigits = next - wholeEnd - 1;
    if (fractionDigits === 0) return MISMATCH;
    byte = bytes[next]!;
  }
  const short = wholeEnd - position <= MAX_INT32_DIGITS && fractionDigits <= MAX_INT32_DIGITS;
  // Where it is not short the mantissa is not looked at.
  const mantissa = short ? whole * POWERS_OF_TEN[fractionDigits]! + fraction : MAX_EXACT_MANTISSA;
  if ((byte | 32) === 101) return readExponent(bytes, position, next + 1, mantissa, fractionDigits, into, at);
  if (mantissa < MAX_EXACT_MANTISSA) {
    into[at] = fractionDigits === 0 ? mantissa : mantissa / POWERS_OF_TEN[fractionDigits]!;
    return next;
  }
  return readByNumber(bytes, position, next, into, at);
}

function readExponent(
  bytes: Uint8Array,
  start: number,
  position: number,
  mantissa: number,
  fractionDigits: number,
  into: Float64Array,
  at: number,
): number {
  let next = position;
  const sign = bytes[next];
  const negative = sign === 45;
  if (negative || sign === 43) next++;
  const first = next;
  let exponent = 0;
  let digit = bytes[next]! - 48;
  while (digit >= 0 && digit <= 9) {
    exponent = exponent * 10 + digit;
    digit = bytes[++next]! - 48;
  }
  if (next === first) return MISMATCH;
  const power = (negative ? -exponent : exponent) - fractionDigits;
  if (mantissa < MAX_EXACT_MANTISSA && power >= -MAX_EXACT_POWER && power <= MAX_EXACT_POWER) {
    into[at] = power < 0 ? mantissa / POWERS_OF_TEN[-power]! : mantissa * POWERS_OF_TEN[power]!;
    return next;
  }
  return readByNumber(bytes, start, next, into, at);
}

function readByNumber(bytes: Uint8Array, start: number, end: number, into: Float64Array, at: number): number {
  const value = Number(textOf(bytes, start, end, 'latin1'));
  if (value === Number.POSITIVE_INFINITY) return MISMATCH;
  into[at] = value;
  return end;
}

/** Skips an unsigned JSON integer of at most 18 digits. */
export function skipInteger({ bytes, view }: Source, position: number): number {
  let next = position;
  let digit = bytes[next]! - 48;
  if (digit === 0) return next + 1;
  while (next + WORD <= bytes.length && fourDigits(view, next) >= 0) next += WORD;
  digit = bytes[next]! - 48;
  while (digit >= 0 && digit <= 9) digit = bytes[++next]! - 48;
  return next === position || next - position > 18 ? MISMATCH : next;
}

/** Whether a price or quantity is one that a venue can mean: 0 (nothing there), or within the bounds. */
export function isSane(value: number): boolean {
  return value === 0 || (value >= MIN_VALUE && value <= MAX_VALUE);
}

/** A view as text; copies nothing but the characters. */
export function textOf(bytes: Uint8Array, start: number, end: number, encoding: 'latin1' | 'utf8'): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(encoding);
}
