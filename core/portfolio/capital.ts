import { maxPositionOf, type Settings } from '../engine/settings.ts';

/** What has to lie on the venues for the configured positions to be possible, USDT. */
export interface CapitalNeed {
  readonly totalUsdt: number;
  readonly bySymbol: Readonly<Record<string, number>>;
}

/**
 * A symbol alone needs its largest position four times: the coin on each venue, as either may be where it is sold, and the
 * quote currency on each venue, as either may be where it is bought. Together the symbols share the quote currencies, of which
 * the largest total exposure is enough on each venue.
 */
export function capitalNeeded(settings: Settings): CapitalNeed {
  const sizes = settings.symbols.map((symbol) => maxPositionOf(settings, symbol).value);
  const together = sizes.reduce((total, size) => total + size, 0);
  const quoted = Math.min(together, settings.limits.maxTotalExposureUsdt.toNumber());
  return {
    totalUsdt: 2 * together + 2 * quoted,
    bySymbol: Object.fromEntries(settings.symbols.map((symbol, i) => [symbol, 4 * sizes[i]!])),
  };
}
