import { isDeepStrictEqual } from 'node:util';
import { type Config, knownPaths } from '#core/config.ts';

/**
 * What of another configuration can take force while a run goes on: all that the engine reads at each decision, and the
 * universe. The rest belongs to how the process was started.
 *
 * @returns the configuration from now on (`current` itself where nothing differs), and the keys that wait for a start
 */
export function hotChange(current: Config, next: Config): { config: Config; waiting: readonly string[] } {
  const { venues } = current;
  const config: Config = {
    ...current,
    universe: next.universe,
    strategy: { ...next.strategy, freshness: current.strategy.freshness },
    portfolio: next.portfolio,
    execution: { ...next.execution, executor: current.execution.executor },
    guards: next.guards,
    day: next.day,
    paper: { ...next.paper, balances: current.paper.balances },
    venues: {
      ...venues,
      binance: { ...venues.binance, takerFeeRate: next.venues.binance.takerFeeRate },
      upbit: { ...venues.upbit, takerFeeRate: next.venues.upbit.takerFeeRate },
    },
  };
  const waiting = knownPaths().filter((path) => !isDeepStrictEqual(at(config, path), at(next, path)));
  return { config: isDeepStrictEqual(config, current) ? current : config, waiting };
}

function at(config: Config, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);
}
