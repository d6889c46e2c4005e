import { type Decimal, decimal, ZERO } from '../market/money.ts';
import type { Direction, VenueId } from '../market/types.ts';

/** Exposure of all positions: entry notional, once, from commitment to close. Decimals are texts. */
export interface Exposure {
  readonly totalUsdt: string;
  readonly byDirection: Readonly<Record<Direction, string>>;
  readonly positions: number;
}

export const NO_EXPOSURE: Exposure = {
  totalUsdt: '0',
  byDirection: { SELL_UPBIT: '0', SELL_BINANCE: '0' },
  positions: 0,
};

/** A change of exposure that comes with one transition of one position. */
export interface ExposureChange {
  readonly direction: Direction;
  /** Signed, USDT. */
  readonly usdt: string;
  /** +1 when committed, −1 when ended, 0 when only its size changed. */
  readonly positions: -1 | 0 | 1;
}

export function changeExposure(exposure: Exposure, change: ExposureChange): Exposure {
  const { direction, usdt, positions } = change;
  return {
    totalUsdt: decimal(exposure.totalUsdt).plus(usdt).toString(),
    byDirection: {
      ...exposure.byDirection,
      [direction]: decimal(exposure.byDirection[direction]).plus(usdt).toString(),
    },
    positions: exposure.positions + positions,
  };
}

/** Caps of exposure in USDT; null means none. */
export interface ExposureCaps {
  readonly maxTotalExposureUsdt: Decimal;
  readonly maxVenueExposureUsdt: Decimal | null;
  readonly maxDirectionExposureUsdt: Decimal | null;
}

/**
 * What the caps leave for one more position of a direction. A position has a leg on both venues, so each venue carries
 * the whole exposure and the tighter of the total's and the venue's cap counts.
 */
export function exposureRoom(exposure: Exposure, caps: ExposureCaps, direction: Direction): Decimal {
  let room = caps.maxTotalExposureUsdt.minus(exposure.totalUsdt);
  if (caps.maxVenueExposureUsdt !== null) room = lesser(room, caps.maxVenueExposureUsdt.minus(exposure.totalUsdt));
  if (caps.maxDirectionExposureUsdt !== null) {
    room = lesser(room, caps.maxDirectionExposureUsdt.minus(exposure.byDirection[direction]));
  }
  return room.lt(0) ? ZERO : room;
}

function lesser(a: Decimal, b: Decimal): Decimal {
  return a.lt(b) ? a : b;
}

/** The holding of one asset on one venue. */
export interface BalanceChange {
  readonly venue: VenueId;
  readonly asset: string;
  /** Signed, in units of the asset. */
  readonly quantity: string;
}

/** What an asset began with. */
export interface FirstBalance {
  readonly quantity: string;
  /** At the prices of that moment, USDT; null where they were not kept. */
  readonly valueUsdt: string | null;
}

/** A first balance that is given. */
export interface SeedBalance extends BalanceChange {
  readonly valueUsdt: string;
}

/** Quantities by `venue:asset`; an asset without an entry has not been given a balance yet. */
export type Balances = ReadonlyMap<string, string>;

/** First balances by `venue:asset`; one that is not known has no entry. */
export type FirstBalances = ReadonlyMap<string, FirstBalance>;

export function balanceKey(venue: VenueId, asset: string): string {
  return `${venue}:${asset}`;
}
