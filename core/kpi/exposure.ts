import type { Kpi } from './types.ts';

/** Entry notional held on average from the first opening to the last close, USDT; null where no time passed. */
export const averageExposure: Kpi<{ usdtMs: number; firstMs: number | null; lastMs: number }> = {
  name: 'averageExposureUsdt',
  start: { usdtMs: 0, firstMs: null, lastMs: 0 },
  add({ usdtMs, firstMs, lastMs }, { entryNotionalUsdt, openedAtMs, closedAtMs }) {
    return {
      usdtMs: usdtMs + entryNotionalUsdt * (closedAtMs - openedAtMs),
      firstMs: Math.min(firstMs ?? openedAtMs, openedAtMs),
      lastMs: Math.max(lastMs, closedAtMs),
    };
  },
  value: ({ usdtMs, firstMs, lastMs }) => (firstMs === null || lastMs <= firstMs ? null : usdtMs / (lastMs - firstMs)),
};
