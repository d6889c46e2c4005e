import { ageMs, fxFresh } from '../market/freshness.ts';
import type { Guard } from './types.ts';

/** KRW-USDT missing or too old. Protects from converting won at a rate that no longer exists. */
export const fxStale: Guard = {
  code: 'FX_STALE',
  tier: 'global',
  always: true,
  does: 'refuse',
  protectsFrom: 'converting won at a rate that no longer exists',
  key: 'strategy.maxQuoteAgeMs',
  passes: (context) => fxFresh(context.market, context.nowMs, context.settings.freshness),
  value: (context) => ageMs(context.market.fx, context.nowMs),
  limit: (context) => context.settings.freshness.maxQuoteAgeMs,
};
