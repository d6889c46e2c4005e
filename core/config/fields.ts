import { z } from 'zod';

/**
 * Building blocks of the configuration's schema: bounded values with a description of meaning and unit. The bounds keep
 * out what can only be a slip (a negative time, a fee of 10 %); they are no tuning ranges.
 */
const MAX_MONEY = 1e12;
const YEAR_SECONDS = 366 * 86_400;

/** A share of something, 0 to 1. */
export function fraction(fallback: number, about: string, most = 1) {
  return z
    .number()
    .min(0)
    .max(most, `must be a fraction of at most ${most} (0.1 % is 0.001)`)
    .default(fallback)
    .describe(`${about} (fraction)`);
}

export function optionalFraction(fallback: number | null, about: string, most = 1) {
  return z
    .number()
    .min(0)
    .max(most, `must be a fraction of at most ${most} (0.1 % is 0.001)`)
    .nullable()
    .default(fallback)
    .describe(`${about} (fraction; null: off)`);
}

export function usdt(fallback: number, about: string) {
  return z.number().positive().max(MAX_MONEY).default(fallback).describe(`${about} (USDT)`);
}

export function optionalUsdt(fallback: number | null, about: string) {
  return z.number().positive().max(MAX_MONEY).nullable().default(fallback).describe(`${about} (USDT; null: no limit)`);
}

/** A threshold of at least 0 with its unit in the text; null switches it off. */
export function optionalAmount(fallback: number | null, about: string, unit: string, least = 0) {
  return z.number().min(least).max(MAX_MONEY).nullable().default(fallback).describe(`${about} (${unit}; null: off)`);
}

export function amount(fallback: number, about: string, most = MAX_MONEY) {
  return z.number().min(0).max(most).default(fallback).describe(about);
}

export function whole(fallback: number, about: string, least = 0, most = Number.MAX_SAFE_INTEGER) {
  return z.int().min(least).max(most).default(fallback).describe(about);
}

export function optionalWhole(fallback: number | null, about: string, least = 1) {
  return z.int().min(least).nullable().default(fallback).describe(`${about} (null: no limit)`);
}

export function seconds(fallback: number, about: string) {
  return z.number().min(0).max(YEAR_SECONDS).default(fallback).describe(`${about} (seconds)`);
}

export function milliseconds(fallback: number, about: string, least = 0) {
  return whole(fallback, `${about} (ms)`, least, YEAR_SECONDS * 1000);
}

export function flag(fallback: boolean, about: string) {
  return z.boolean().default(fallback).describe(about);
}

/** A section: strict, and wholly by its defaults where it is left out. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, about: string) {
  return z
    .strictObject(shape)
    .prefault({} as never)
    .describe(about);
}

const SYMBOL_FORM = 'must look like "BTC/USDT", upper case';

export const symbol = z
  .string()
  .regex(/^[A-Z0-9]{1,20}\/USDT$/, {
    error: ({ input }) => (typeof input === 'string' ? `${SYMBOL_FORM}, not ${shown(input)}` : SYMBOL_FORM),
  })
  .refine((name) => name !== 'USDT/USDT', 'USDT is the currency, not a coin');

/** The name of a coin or currency as the venues write it. */
export const asset = z.string().regex(/^[A-Z0-9]{1,20}$/, 'must be an asset in upper case, such as BTC');

/** Where a path is appended: no slash at the end, no query, no password. */
export const httpBase = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?(?<!\/)$/, 'must be an http(s) address without a slash at its end');
export const wsBase = z
  .string()
  .regex(/^wss?:\/\/[^\s/?#@]+(\/[^\s?#]*)?(?<!\/)$/, 'must be a ws(s) address without a slash at its end');
/** A whole address that is called as it stands. */
export const httpUrl = z.string().regex(/^https?:\/\/[^\s/]+(\/\S*)?$/, 'must be an http(s) address');

/** A value as a message shows it: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
