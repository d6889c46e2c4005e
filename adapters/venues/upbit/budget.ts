import type { RestBudget } from '#adapters/universe/rest-client.ts';

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
