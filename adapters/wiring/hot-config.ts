import { unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Config, knownPaths } from '#core/config.ts';

/** How often a changed configuration file is looked for, ms. */
const WATCH_MS = 1000;

/** Where a configuration was read from, and when to read it again. */
export interface ConfigSource {
  /** Watched for changes; undefined where there is none. */
  readonly file: string | undefined;
  /** Reads it anew; throws an Error whose message names every fault. */
  load(): Config;
  /** Somebody asks for it. @returns what ends the asking */
  onAsked(reload: () => void): () => void;
}

/** Calls `reload` whenever the file has changed or somebody asks. @returns what ends that */
export function watchConfig(source: ConfigSource | undefined, reload: () => void): () => void {
  if (source === undefined) return () => {};
  const { file } = source;
  if (file !== undefined) watchFile(file, { interval: WATCH_MS, persistent: false }, reload);
  const forget = source.onAsked(reload);
  return () => {
    if (file !== undefined) unwatchFile(file, reload);
    forget();
  };
}

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
