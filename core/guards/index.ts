import { bookFrozen } from './book-frozen.ts';
import { clockSkew } from './clock-skew.ts';
import { commonMode } from './common-mode.ts';
import { concentration } from './concentration.ts';
import { consecutiveLosses } from './consecutive-losses.ts';
import { cooldown } from './cooldown.ts';
import { dailyLoss } from './daily-loss.ts';
import { diskFull } from './disk-full.ts';
import { drawdown } from './drawdown.ts';
import { errorRate } from './error-rate.ts';
import { fxInsane } from './fx-insane.ts';
import { fxStale } from './fx-stale.ts';
import { killSwitch } from './kill-switch.ts';
import { maxExposure } from './max-exposure.ts';
import { maxPosition } from './max-position.ts';
import { openPositions } from './open-positions.ts';
import { priceFromMid } from './price-from-mid.ts';
import { quoteStale } from './quote-stale.ts';
import { reconcileMismatch } from './reconcile-mismatch.ts';
import { spreadInsane } from './spread-insane.ts';
import { symbolDailyLoss } from './symbol-daily-loss.ts';
import { thinBook } from './thin-book.ts';
import { tickCoarse } from './tick-coarse.ts';
import { tradesPerMinute } from './trades-per-minute.ts';
import type { Guard, StandingGuard } from './types.ts';
import { venueDown } from './venue-down.ts';
import { venueInventory } from './venue-inventory.ts';
import { venueWarning } from './venue-warning.ts';
import { walletSuspended } from './wallet-suspended.ts';

/** Guards that set REDUCE_ONLY while their condition holds; asked each second and after each closed position. */
export const STANDING_GUARDS: readonly StandingGuard[] = [
  dailyLoss,
  drawdown,
  errorRate,
  clockSkew,
  venueDown,
  diskFull,
  reconcileMismatch,
];

export function isStandingGuard(code: string): boolean {
  return STANDING_GUARDS.some((guard) => guard.code === code);
}

/** Every guard, in the order in which they are asked: global, then portfolio, then symbol. */
export const GUARDS: readonly Guard[] = [
  killSwitch,
  ...STANDING_GUARDS,
  fxStale,
  fxInsane,
  commonMode,
  tradesPerMinute,
  maxExposure,
  openPositions,
  venueInventory,
  concentration,
  maxPosition,
  cooldown,
  quoteStale,
  bookFrozen,
  spreadInsane,
  consecutiveLosses,
  symbolDailyLoss,
  thinBook,
  tickCoarse,
  venueWarning,
  walletSuspended,
  priceFromMid,
];
