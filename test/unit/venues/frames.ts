import fc from 'fast-check';
import { type BookSide, emptySide, type QuoteUpdate } from '#core/market/types.ts';

/** The files of real frames that lie beside a checkout; tests that need them name themselves skipped without. */
export const SHARED_DATA = new URL('../../../../shared/data/', import.meta.url);
export const SHARED_DATA_ABSENT = 'shared data absent';

export const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', '1INCH/USDT', 'WAVES/USDT'];

export function newUpdate(): QuoteUpdate {
  return { bid: emptySide(), ask: emptySide() };
}

export function levelsOf(side: BookSide): [price: number, quantity: number][] {
  return Array.from({ length: side.count }, (_, i) => [side.price[i]!, side.quantity[i]!]);
}

/** A mapping result with the quote, where there is one. */
export function outcome(result: number, out: QuoteUpdate): unknown {
  return result >= -1 ? { result, bid: levelsOf(out.bid), ask: levelsOf(out.ask) } : { result };
}

/** Decimal text in the forms that the venues use and some that they do not. */
export const decimal: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(99_999_999), fc.nat(99_999_999)).map(([a, b]) => `${a}.${`${b}`.padStart(8, '0')}`),
  },
  { weight: 3, arbitrary: fc.nat(200_000_000).map(String) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(9), fc.nat(99999), fc.integer({ min: -12, max: 12 }))
      .map(([a, b, e]) => `${a}.${b}E${e}`),
  },
  { weight: 1, arbitrary: fc.double({ min: 0, noNaN: true }).map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.bigInt({ min: 0n, max: 10n ** 28n }))
      .map(([a, b]) => `${a}.${b}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0',
      '0.0',
      '0.00000000',
      '-1',
      '1.',
      '.5',
      '00.5',
      '1e400',
      '1e-400',
      '',
      ' 1',
      '0x10',
      'NaN',
      '1E',
      '1e+',
      '1e+5',
      '-0',
      '9007199254740993',
      '0.1e23',
      '1e19',
      '1e-19',
    ),
  },
);

type Level = [price: string, quantity: string];

/** Levels that are mostly in order: the best first. */
export function levels(isBid: boolean, maxLength: number): fc.Arbitrary<Level[]> {
  return fc
    .tuple(fc.array(fc.tuple(decimal, decimal), { maxLength }), fc.integer({ min: 0, max: 9 }))
    .map(([list, chance]) => {
      if (chance > 0) list.sort((x, y) => (isBid ? Number(y[0]) - Number(x[0]) : Number(x[0]) - Number(y[0])));
      return list;
    });
}

/** One change to a frame's text: what a broken line, a broken sender or a new release may do. */
const mutation: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.nat().map((n) => (text: string) => text.slice(0, n % (text.length + 1))),
  fc.nat().map((n) => (text: string) => text.slice(n % (text.length + 1))),
  fc
    .tuple(fc.nat(), fc.constantFrom(...'0123456789.,:"{}[]eE-+ \\@nul\u0000\u00e9\u20a9'))
    .map(([n, c]) => (text: string) => {
      const at = n % (text.length + 1);
      return text.slice(0, at) + c + text.slice(at + 1);
    }),
  fc.tuple(fc.nat(), fc.constantFrom(...'0123456789.,:"{}[]eE-+ \n\t')).map(([n, c]) => (text: string) => {
    const at = n % (text.length + 1);
    return text.slice(0, at) + c + text.slice(at);
  }),
  fc.tuple(fc.nat(), fc.nat(6)).map(([n, length]) => (text: string) => {
    const at = n % (text.length + 1);
    return text.slice(0, at) + text.slice(at + length);
  }),
  fc.tuple(fc.nat(), fc.nat(12)).map(([n, length]) => (text: string) => {
    const at = n % (text.length + 1);
    return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
  }),
  fc.nat().map((seed) => (text: string) => shuffleFields(text, seed)),
);

export function mutated(frames: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(frames, fc.array(mutation, { minLength: 1, maxLength: 3 })).map(([text, changes]) => {
    let result = text;
    for (const change of changes) result = change(result);
    return result;
  });
}

/** The same frame with its fields in another order and one more of them. */
function shuffleFields(text: string, seed: number): string {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return text;
  }
  const rotate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rotate);
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([key, field]) => [key, rotate(field)] as const);
    const by = seed % (fields.length + 1);
    return Object.fromEntries([...fields.slice(by), ['extra', seed] as const, ...fields.slice(0, by)]);
  };
  return JSON.stringify(rotate(frame));
}

/** The frame within other bytes, as in a block of a tape: a mapper must not look beyond its end. */
export function embedded(text: string, after: string): { bytes: Uint8Array; start: number; end: number } {
  const frame = Buffer.from(text, 'utf8');
  const bytes = Buffer.concat([Buffer.from('"}] '), frame, Buffer.from(after)]);
  return { bytes, start: 4, end: 4 + frame.length };
}
