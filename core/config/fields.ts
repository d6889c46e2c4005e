import { z } from 'zod';

/** Building blocks of the configuration's schema: bounded numbers with a description of meaning and unit. */
const MAX_MONEY = 1e12;

export function rate(fallback: number, about: string) {
  return z.number().min(0).max(1).default(fallback).describe(`${about} (fraction)`);
}

export function usdt(fallback: number, about: string) {
  return z.number().positive().max(MAX_MONEY).default(fallback).describe(`${about} (USDT)`);
}

export function optionalUsdt(fallback: number | null, about: string) {
  return z.number().positive().max(MAX_MONEY).nullable().default(fallback).describe(`${about} (USDT; null: no limit)`);
}

export function optionalNumber(fallback: number | null, about: string) {
  return z.number().positive().max(MAX_MONEY).nullable().default(fallback).describe(`${about} (null: off)`);
}

export function whole(fallback: number, about: string, least = 0, most = Number.MAX_SAFE_INTEGER) {
  return z.number().int().min(least).max(most).default(fallback).describe(about);
}

export function optionalWhole(fallback: number | null, about: string, least = 1) {
  return z.number().int().min(least).nullable().default(fallback).describe(`${about} (null: no limit)`);
}

export function amount(fallback: number, about: string, most = MAX_MONEY) {
  return z.number().min(0).max(most).default(fallback).describe(about);
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

export const symbol = z
  .string()
  .regex(/^[A-Z0-9]{1,20}\/USDT$/, 'must look like "BTC/USDT", upper case')
  .refine((name) => name !== 'USDT/USDT', 'USDT is the currency, not a coin');

export const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s]+[^/\s]$/, 'must be an http(s) address without a slash at the end');
export const wsUrl = z.string().regex(/^wss?:\/\/[^\s]+[^/\s]$/, 'must be a ws(s) address without a slash at the end');
