import { z } from 'zod';
import type { VenueInstrument } from '#core/market/instrument.ts';
import type { VenueFacts } from '#core/universe/facts.ts';

/** What one venue's REST told, by symbol. */
export interface VenueReading {
  readonly facts: Map<string, VenueFacts>;
  /** Lots, ticks and minimums, where they are not the venue's usual ones. */
  readonly rules: ReadonlyMap<string, VenueInstrument>;
  /** Parts that were not told, in words. */
  readonly gaps: readonly string[];
  /** Last won per USDT, of a venue that has that market. */
  readonly krwPerUsdt?: number | null;
}

/** A number that a venue gives as a number or as a text; what is neither is null. */
export const figure = z
  .union([z.number(), z.string()])
  .transform((value) => (value === '' ? Number.NaN : Number(value)))
  .transform((value) => (Number.isFinite(value) ? value : null))
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** Rows that can be understood; the others are left out. Not a list at all: null. */
export function rowsOf<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema>[] | null {
  if (!Array.isArray(answer)) return null;
  return answer.flatMap((row) => {
    const parsed = schema.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Coins of other alphabets are no symbols of ours. */
export function isCoin(name: string): boolean {
  return /^[A-Z0-9]{1,20}$/.test(name) && name !== 'USDT';
}

/** How many levels of a side the feeds show. */
const SHOWN_LEVELS = 5;

/** The thinner side's shown levels, Σ price × quantity; null where a side is not known. */
export function thinnerSide(
  ...sides: readonly (readonly (readonly [number | null, number | null])[])[]
): number | null {
  const sums = sides.map((side) =>
    side.slice(0, SHOWN_LEVELS).reduce<number | null>((sum, [price, quantity]) => {
      return sum === null || price === null || quantity === null ? null : sum + price * quantity;
    }, 0),
  );
  return sums.some((sum) => sum === null) ? null : Math.min(...(sums as number[]));
}
