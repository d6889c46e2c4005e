import { entriesWithinMinute } from './tally.ts';
import type { GlobalView, Guard } from './types.ts';

function recent({ tally, nowMs }: GlobalView): number {
  return entriesWithinMinute(tally, nowMs);
}

/** Entries a minute over all symbols. Protects from a loop that pays fees as fast as it can. */
export const tradesPerMinute: Guard = {
  code: 'TRADES_PER_MINUTE',
  tier: 'global',
  always: false,
  does: 'refuse',
  protectsFrom: 'a fault that opens and closes as fast as it can, and pays fees each time',
  key: 'guards.tradesPerMinute.max',
  passes(context) {
    const { max } = context.settings.guards.tradesPerMinute;
    return max === null || recent(context) < max;
  },
  value: recent,
  limit: (context) => context.settings.guards.tradesPerMinute.max,
};
