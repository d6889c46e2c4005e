import type { Market } from '../market/market.ts';

/** Time constants of the exponential averages, in ms. */
const BASELINE_TAU_MS = 10 * 60_000;
const VOLATILITY_TAU_MS = 60_000;

/**
 * What needs every tick of a symbol, computed before any tick is left out. Fractions, not basis points.
 * Starts anew with every run; no v1 decision depends on it.
 */
export interface Features {
  /** Upbit's mid in USDT at the mid rate ÷ Binance's mid − 1. */
  premium: number;
  /** Exponential average of the premium over about ten minutes. */
  baseline: number;
  /** Exponential average of the premium's squared deviation from its baseline over about one minute, as sd. */
  volatility: number;
  /** Ticks seen. */
  ticks: number;
  updatedAtMs: number;
}

export function emptyFeatures(): Features {
  return { premium: 0, baseline: 0, volatility: 0, ticks: 0, updatedAtMs: -1 };
}

/** Takes one more tick into account. Both books need at least one level a side; otherwise nothing is learnt. */
export function updateFeatures(features: Features, market: Market, nowMs: number): void {
  const { binance, upbit, fx } = market;
  features.ticks++;
  if (binance.bid.count === 0 || binance.ask.count === 0 || upbit.bid.count === 0 || upbit.ask.count === 0) return;
  const binanceMid = binance.bid.price[0]! + binance.ask.price[0]!;
  const upbitMid = upbit.bid.price[0]! + upbit.ask.price[0]!;
  const premium = (2 * upbitMid) / ((fx.bid + fx.ask) * binanceMid) - 1;
  features.premium = premium;
  if (features.updatedAtMs < 0) {
    features.baseline = premium;
    features.updatedAtMs = nowMs;
    return;
  }
  const elapsedMs = nowMs - features.updatedAtMs;
  if (elapsedMs === 0) return;
  const deviation = premium - features.baseline;
  features.baseline += deviation * (elapsedMs / (elapsedMs + BASELINE_TAU_MS));
  const weight = elapsedMs / (elapsedMs + VOLATILITY_TAU_MS);
  const variance = features.volatility * features.volatility;
  features.volatility = Math.sqrt(variance + weight * (deviation * deviation - variance));
  features.updatedAtMs = nowMs;
}
