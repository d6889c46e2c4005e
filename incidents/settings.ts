import type { Settings } from './types.ts';

/** Coins of the simulated market. */
export const COINS = ['BTC', 'ETH', 'XRP', 'SOL', 'LINK'];

const FEE = 0.0001;

/**
 * A run that trades every few seconds: low fees, a low threshold, short positions. Limits that such trading would reach by
 * itself are off; an incident that is about one sets it.
 */
export const BASE: Settings = {
  universe: { symbols: COINS.map((coin) => `${coin}/USDT`) },
  venues: { source: 'real', binance: { takerFeeRate: FEE }, upbit: { takerFeeRate: FEE } },
  strategy: { minProfitThreshold: 0.0001, cooldownSeconds: 0, maxHoldSeconds: 1 },
  guards: {
    dailyLoss: { maxUsdt: null },
    drawdown: { maxUsdt: null },
    symbolDailyLoss: { maxUsdt: null },
    consecutiveLosses: { max: null },
    commonMode: { symbols: null },
    tradesPerMinute: { max: null },
  },
  store: { minFreeBytes: 1_000_000 },
  snapshot: { everySeconds: 86_400 },
};

/** One configuration over another, section by section. */
export function over(base: Settings, upper: Settings): Settings {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isSection(below) && isSection(value) ? over(below, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
