import { BigNumber } from 'bignumber.js';

/**
 * The one exact decimal type. Sums and products are exact; a quotient (won turned into USDT) is rounded half up to
 * 18 decimals once, when it is booked, so that a ledger of booked amounts always sums up.
 */
export const Decimal = BigNumber.clone({
  DECIMAL_PLACES: 18,
  ROUNDING_MODE: BigNumber.ROUND_HALF_UP,
  EXPONENTIAL_AT: 60,
});
export type Decimal = BigNumber;

export const ZERO: Decimal = new Decimal(0);

/** From a venue's decimal text or from a number, of which its shortest decimal form is meant (0.3029 is 0.3029). */
export function decimal(value: number | string): Decimal {
  return new Decimal(value);
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}

/** A decimal with its nearest number beside it: the number decides, the decimal where they are too close to call. */
export interface Exact {
  readonly value: number;
  readonly exact: Decimal;
}

export function exactly(exact: Decimal): Exact {
  return { value: exact.toNumber(), exact };
}

/** The largest multiple of `step` that is not above `value`. */
export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value.div(step).integerValue(BigNumber.ROUND_FLOOR).times(step);
}

/** The smallest multiple of `step` that is not below `value`. */
export function ceilTo(value: Decimal, step: Decimal): Decimal {
  return value.div(step).integerValue(BigNumber.ROUND_CEIL).times(step);
}
