import type { RestBudget } from '#adapters/universe/rest-client.ts';

const MINUTE_MS = 60_000;
/** Of Binance's 6000 a minute and address: the rest is left to orders and to others behind the same address. */
const BINANCE_WEIGHT = 4500;

/** Binance counts weights by the minute and tells in `X-MBX-USED-WEIGHT-1M` how many are used. */
export function binanceBudget(): RestBudget {
  let minute = -1;
  let used = 0;

  function roll(nowMs: number): void {
    const now = Math.floor(nowMs / MINUTE_MS);
    if (now > minute) used = 0;
    minute = Math.max(minute, now);
  }
  return {
    usualBlockMs: { limited: 10_000, banned: 120_000 },
    reserve(weight, nowMs) {
      roll(nowMs);
      if (used > 0 && used + weight > BINANCE_WEIGHT) {
        minute++;
        used = 0;
      }
      used += weight;
      return Math.max(0, minute * MINUTE_MS - nowMs);
    },
    learn(headers, nowMs) {
      roll(nowMs);
      const told = Number(headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
      // What was reserved for a minute to come is not in the venue's count of this one.
      if (Number.isFinite(told) && minute === Math.floor(nowMs / MINUTE_MS)) used = Math.max(used, told);
    },
  };
}
