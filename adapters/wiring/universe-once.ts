import { NO_MEMORY, UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import type { Config } from '#core/config.ts';
import type { Selection } from '#core/universe/select.ts';
import type { RunOptions } from './embedded.ts';
import { startVenues } from './start-venues.ts';
import { emptyUniverse, requireUniverse, tellGaps } from './universe-start.ts';

export type OneShotUniverse = Pick<Selection, 'mode' | 'included' | 'excluded' | 'warnings'>;

/**
 * The list as both venues' REST gives it now, TOP_N being ranks 1 to N.
 *
 * @throws TwinlegError `UNIVERSE_UNAVAILABLE` where a venue cannot be read
 */
export async function universeOnce(config: Config, log: RunOptions['log']): Promise<OneShotUniverse> {
  const venues = await startVenues(config);
  try {
    const keeper = new UniverseKeeper(createUniverseReader(venues.urls), NO_MEMORY);
    const refresh = await keeper.refresh(config.universe, [], Date.now);
    tellGaps(refresh, log);
    // A written list stands without the venues too, but then it is no answer to what was asked.
    const { selection } = requireUniverse(refresh.failures.length > 0 ? { ...refresh, universe: null } : refresh);
    const { mode, included, excluded, warnings } = selection;
    if (included.length === 0) log('warn', 'universe_empty', { message: emptyUniverse(selection).message });
    return { mode, included, excluded, warnings };
  } finally {
    await venues.simulator?.stop();
  }
}
