import { ageMs, quotesFresh } from '../market/freshness.ts';
import type { Guard } from './types.ts';

/** Either venue's quote too old. Protects from trading against a book that is no longer there. */
export const quoteStale: Guard = {
  code: 'QUOTE_STALE',
  tier: 'symbol',
  always: true,
  does: 'refuse',
  protectsFrom: 'trading against a book that is no longer there',
  key: 'strategy.maxQuoteAgeMs',
  passes: (context) => quotesFresh(context.market, context.nowMs, context.settings.freshness),
  value: ({ market, nowMs }) => Math.max(ageMs(market.binance, nowMs) ?? -1, ageMs(market.upbit, nowMs) ?? -1),
  limit: (context) => context.settings.freshness.maxQuoteAgeMs,
};
