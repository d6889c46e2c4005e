import { exactly } from '../market/money.ts';
import type { Direction } from '../market/types.ts';
import { type Exposure, exposureRoom } from '../portfolio/portfolio.ts';
import type { EntryCaps } from '../ports/store.ts';
import type { Headroom } from '../strategy/types.ts';
import type { Settings } from './settings.ts';

/** What exposure and caps leave for one more position, USDT by direction. */
export function roomOf(exposure: Exposure, { limits }: Settings): Headroom['portfolioUsdt'] {
  const room = (direction: Direction) => exactly(exposureRoom(exposure, limits, direction));
  return { SELL_UPBIT: room('SELL_UPBIT'), SELL_BINANCE: room('SELL_BINANCE') };
}

/** What the conditional write of an entry holds it to. */
export function capsOf({ limits, guardsOn }: Settings): EntryCaps {
  return guardsOn ? limits : { ...limits, maxOpenPositions: null, maxEntriesPerMinute: null };
}
