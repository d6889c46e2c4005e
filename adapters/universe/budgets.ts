/** What a venue allows of its REST, and what of it is used. */
export interface RestBudget {
  /** Takes a request's share. @returns how long it has to wait before it may leave, ms */
  reserve(weight: number, nowMs: number): number;
  /** Takes over what the venue itself counts. */
  learn(headers: Headers, nowMs: number): void;
  /** How long to keep away where a refusal does not say, ms. */
  readonly usualBlockMs: { readonly limited: number; readonly banned: number };
}

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

/** Upbit takes ten a second and group: spaced so, a second's worth never leaves at once. */
const UPBIT_GAP_MS = 120;
const SECOND_MS = 1000;

/** Upbit tells in `Remaining-Req: group=…; min=…; sec=…` what is left of this second; `sec` is what counts. */
export function upbitBudget(): RestBudget {
  let nextMs = 0;
  return {
    usualBlockMs: { limited: SECOND_MS, banned: 60_000 },
    reserve(_weight, nowMs) {
      const atMs = Math.max(nowMs, nextMs);
      nextMs = atMs + UPBIT_GAP_MS;
      return atMs - nowMs;
    },
    learn(headers, nowMs) {
      const left = /\bsec=(\d+)/.exec(headers.get('remaining-req') ?? '')?.[1];
      if (left !== undefined && Number(left) < 1) nextMs = Math.max(nextMs, nowMs + SECOND_MS);
    },
  };
}
