import { MINUTE_MS } from './tally.ts';
import type { GlobalView, Guard } from './types.ts';

/** Entries of the last minute. */
function recent({ tally, nowMs }: GlobalView): number {
  const { entriesAtMs } = tally;
  let count = 0;
  for (let i = entriesAtMs.length - 1; i >= 0 && nowMs - entriesAtMs[i]! < MINUTE_MS; i--) count++;
  return count;
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
