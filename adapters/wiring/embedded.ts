import { join } from 'node:path';
import { type AlertSecrets, NO_ALERT_SECRETS } from '#adapters/config/secrets.ts';
import { refuseExisting } from '#adapters/recording/tapes.ts';
import { type Database, openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { lockDirectory } from '#adapters/store/sqlite/lock.ts';
import { createRunLog, type RunLog } from '#adapters/store/sqlite/runs.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { createUniverseMemory } from '#adapters/store/sqlite/universe.ts';
import { UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import { missingVolatilities } from '#adapters/universe/volatility.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import { createRunClock, type RunClock } from './clock.ts';
import type { ConfigSource } from './hot-config.ts';
import { Housekeeping } from './housekeeping.ts';
import { LiveRun } from './live-run.ts';
import type { Log } from './log.ts';
import { processPush } from './otlp.ts';
import type { RunSummary } from './run-view.ts';
import { requireTape, type StartedVenues, sourceOf, startVenues } from './start-venues.ts';
import { STORE_FILE } from './store-file.ts';
import { type StartedUniverse, startUniverse } from './universe-start.ts';

export interface RunOptions {
  readonly config: Config;
  readonly dataDir: string;
  readonly speed: number | undefined;
  readonly seed: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly recordFile: string | undefined;
  readonly guardsOn: boolean;
  /** Told of everything worth telling, as it happens. */
  readonly log: Log;
  /** For telling the operator; left out, nobody is told. */
  readonly secrets?: AlertSecrets;
  /** Asks for a clean stop. */
  readonly signal: AbortSignal;
  /** Where another configuration comes from while the run goes on; left out, it stays as it is. */
  readonly configSource?: ConfigSource;
  /** The run is up: for a board. */
  readonly onStart?: (run: LiveRun) => void;
}

/**
 * Trades in one process until stopped: both venues' sockets, the machine, its store and the HTTP server. Everything is
 * taken back in the reverse order, whatever fails.
 */
export async function runEmbedded(options: RunOptions): Promise<RunSummary> {
  const { config, dataDir, recordFile, log } = options;
  if (recordFile !== undefined) refuseExisting(recordFile, 'name another file with --record');
  requireTape(config.venues.source);
  const ending = new AbortController();
  const cleanUp: (() => unknown)[] = [() => ending.abort()];
  try {
    const lock = lockDirectory(dataDir);
    cleanUp.push(() => lock.release());
    const owner = { mode: config.mode, source: sourceOf(config.venues.source) };
    const database = openDatabase(join(dataDir, STORE_FILE), owner, config.mode === 'live');
    cleanUp.push(() => database.close());
    const venues = await startVenues(config, options);
    cleanUp.push(() => venues.simulator?.stop());
    const reader = createUniverseReader(venues.urls, ending.signal);
    const keeper = new UniverseKeeper(reader, createUniverseMemory(database));
    const started = await startUniverse(config, keeper, heldSymbols(database), log);
    const universe = await measured(started, config, venues, log);
    const runs = createRunLog(database);
    const clock = startClock(runs, log);
    const crashedMs = runs.crashedMs();
    const run = new LiveRun({
      ...options,
      database,
      history: createHistory(database),
      runs,
      clock,
      epoch: runs.begin(clock.now(), configVersion(config)),
      universe,
      keeper,
      urls: venues.urls,
      source: venues.source,
      secrets: options.secrets ?? NO_ALERT_SECRETS,
      crashedMs,
    });
    cleanUp.push(() => run.close());
    for (const message of run.machine.engine.settings.weights.warnings) log('warn', 'weights', { message });
    await run.start();
    const housekeeping = new Housekeeping({
      ...options,
      database,
      telemetry: run.telemetry,
      alerts: run.watch,
      now: clock.now,
    });
    cleanUp.push(() => housekeeping.close());
    housekeeping.start();
    const push = processPush({
      reading: run.telemetry.reading,
      service: 'twinleg',
      env: process.env,
      failed: ({ message }) => log('warn', 'metrics_push', { message }),
    });
    cleanUp.push(() => push.close());
    push.start();
    options.onStart?.(run);
    const reason = await run.untilStopped(venues.simulator);
    log('info', 'stopping', { reason });
    const summary = await run.stop();
    await housekeeping.stop();
    return summary;
  } finally {
    for (const undo of cleanUp.reverse()) await undo();
  }
}

/** What the weights are made from beside the volumes. */
async function measured(
  started: StartedUniverse,
  config: Config,
  { urls }: StartedVenues,
  log: RunOptions['log'],
): Promise<StartedUniverse> {
  const warn = (message: string) => log('warn', 'weights', { message });
  const volatilities = await missingVolatilities(config, started.list, urls.binance.restUrl, warn);
  return volatilities === undefined ? started : { ...started, list: { ...started.list, volatilities } };
}

/** Symbols with an open position. */
function heldSymbols(database: Database): string[] {
  return createSqliteStore(database)
    .load()
    .symbols.filter(({ pair }) => pair !== null)
    .map(({ symbol }) => symbol);
}

/** A clock that goes on from the last run's time, even where the system's clock was set back since. */
function startClock(runs: RunLog, log: RunOptions['log']): RunClock {
  const lastEventMs = runs.lastEventMs() ?? 0;
  const behindMs = lastEventMs - Date.now();
  if (behindMs > 0) {
    log('warn', 'clock', {
      message: `the system's clock is ${behindMs} ms behind the last run's; times go on from there. Check the time service.`,
    });
  }
  return createRunClock(lastEventMs);
}
