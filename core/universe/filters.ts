import type { Config } from '../config.ts';
import type { CoinFacts } from './facts.ts';

export type ExclusionReason =
  | 'not_on_binance'
  | 'not_on_upbit'
  | 'halted'
  | 'deny'
  | 'not_allowed'
  | 'warning'
  | 'identity'
  | 'volume'
  | 'spread'
  | 'depth'
  | 'tick'
  | 'rank';

/** What each reason says, and where to mend it. */
export const REASON_WORDS: Readonly<Record<ExclusionReason, string>> = {
  not_on_binance: 'Binance lists no such pair against USDT; check the name in universe.symbols',
  not_on_upbit: 'Upbit lists no such pair against won; check the name in universe.symbols',
  halted: 'a venue does not trade it at present',
  deny: 'it is on universe.filters.deny',
  not_allowed: 'it is not on universe.filters.allow',
  warning: 'Upbit warns of it (universe.filters.excludeWarnings)',
  identity: 'its prices differ by more than universe.filters.maxPriceRatio: not the same coin',
  volume: 'its 24 h volume is not known or below universe.filters.minVolumeUsdt',
  spread: 'its spread is not known or above universe.filters.maxSpreadBps',
  depth: 'its book is not known or holds less than universe.filters.minDepthUsdt',
  tick: 'Upbit’s price tick is not known or above universe.filters.maxTickBps',
  rank: 'others have more volume (universe.topN)',
};

/** A reason with what was measured and what it was held against; null where there is no such thing, or it is not known. */
export interface Finding {
  readonly reason: ExclusionReason;
  readonly value: number | string | null;
  readonly limit: number | string | null;
}

type Filters = Config['universe']['filters'];

/** Of a list that somebody wrote down, these alone exclude; the others are warnings. */
const ALWAYS: ReadonlySet<ExclusionReason> = new Set(['not_on_binance', 'not_on_upbit', 'halted', 'deny', 'identity']);

/** Everything that speaks against a coin, the weightiest first. */
export function findingsOf(coin: CoinFacts, filters: Filters): Finding[] {
  const found: Finding[] = [];
  const add = (reason: ExclusionReason, value: Finding['value'] = null, limit: Finding['limit'] = null) =>
    found.push({ reason, value, limit });
  const { volumeUsdt, spreadBps, depthUsdt, tickBps, priceRatio } = coin;
  const { minVolumeUsdt, maxSpreadBps, minDepthUsdt, maxTickBps, maxPriceRatio } = filters;
  if (!coin.onBinance) add('not_on_binance');
  if (!coin.onUpbit) add('not_on_upbit');
  if (coin.halted.length > 0) add('halted', coin.halted.join('+'));
  if (filters.deny.includes(coin.symbol)) add('deny');
  if (filters.allow.length > 0 && !filters.allow.includes(coin.symbol)) add('not_allowed');
  if (filters.excludeWarnings && coin.warning) add('warning', 'upbit');
  if (isAbove(priceRatio, maxPriceRatio)) add('identity', priceRatio, maxPriceRatio);
  if (isBelow(volumeUsdt, minVolumeUsdt)) add('volume', volumeUsdt, minVolumeUsdt);
  if (isAbove(spreadBps, maxSpreadBps)) add('spread', spreadBps, maxSpreadBps);
  if (isBelow(depthUsdt, minDepthUsdt)) add('depth', depthUsdt, minDepthUsdt);
  if (isAbove(tickBps, maxTickBps)) add('tick', tickBps, maxTickBps);
  return found;
}

/**
 * Whether a finding keeps a coin out. On a written list only some do, and one whose figure is not known is no more
 * than a warning there; elsewhere what is not known does not pass.
 */
export function excludes({ reason, value }: Finding, written: boolean): boolean {
  if (!written) return true;
  return ALWAYS.has(reason) && !(reason === 'identity' && value === null);
}

/** What is not known counts as beyond the limit. */
function isAbove(value: number | null, limit: number | null): boolean {
  return limit !== null && (value === null || value > limit);
}

function isBelow(value: number | null, limit: number | null): boolean {
  return limit !== null && (value === null || value < limit);
}
