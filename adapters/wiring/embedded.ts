import { join } from 'node:path';
import { type AlertSecrets, NO_ALERT_SECRETS } from '#adapters/config/secrets.ts';
import { refuseExisting } from '#adapters/recording/tapes.ts';
import { storeError } from '#adapters/store/sqlite/database.ts';
import type { RunLog } from '#adapters/store/sqlite/runs.ts';
import { UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import { missingVolatilities } from '#adapters/universe/volatility.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import type { TwinlegError } from '#core/errors.ts';
import { createRunClock, type RunClock } from './clock.ts';
import { openDirectoryStore } from './directory-store.ts';
import type { ConfigSource } from './hot-config.ts';
import { LiveRun } from './live-run.ts';
import type { Log } from './log.ts';
import { startPush } from './otlp.ts';
import type { RunStore } from './run-store.ts';
import type { RunSummary } from './run-view.ts';
import { ownerOf, requireTape, type StartedVenues, startVenues, tellTapeEnd } from './start-venues.ts';
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
  /** Settings that are allowed and unlikely to be meant, each with its key: the operator is told of them. */
  readonly configWarnings?: readonly string[];
  /** Where another configuration comes from while the run goes on; left out, it stays as it is. */
  readonly configSource?: ConfigSource;
  /** The run is up: for a board. */
  readonly onStart?: (run: LiveRun) => void;
}

/**
 * Trades in one process until stopped: both venues' sockets, the machine, its store and the HTTP server. Everything is
 * taken back in the reverse order, whatever fails.
 *
 * @throws TwinlegError `STORE_IN_USE` also where another run has taken the store over meanwhile
 */
export async function runInOneProcess(options: RunOptions): Promise<RunSummary> {
  const { config, dataDir, recordFile, log } = options;
  if (recordFile !== undefined) refuseExisting(recordFile, 'name another file with --record');
  await requireTape(config.venues.source);
  const ending = new AbortController();
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  let run: LiveRun | null = null;
  const cleanUp: (() => unknown)[] = [() => ending.abort()];
  try {
    const stored = await openRunStore(options, {
      failed: (error) =>
        run === null ? log('error', 'failed', { code: error.code, message: error.message }) : run.failed(error),
      lost: (error) => lost.abort(error),
    });
    cleanUp.push(() => stored.close());
    const venues = await startVenues(config, options);
    cleanUp.push(() => venues.simulator?.stop());
    void venues.simulator?.tapeEnd.then((end) => tellTapeEnd(end, log));
    const reader = createUniverseReader(venues.urls, ending.signal);
    const keeper = new UniverseKeeper(reader, stored.universe);
    const started = await startUniverse(config, keeper, heldSymbols(stored), log);
    const universe = await measured(started, config, venues, log);
    const clock = startClock(stored.runs, log);
    const crashedMs = stored.runs.crashedMs();
    run = new LiveRun({
      ...options,
      signal,
      stored,
      clock,
      epoch: stored.runs.begin(clock.now(), configVersion(config)),
      universe,
      keeper,
      urls: venues.urls,
      source: venues.source,
      secrets: options.secrets ?? NO_ALERT_SECRETS,
      crashedMs,
    });
    const { telemetry, watch } = run;
    cleanUp.push(() => run?.close());
    for (const message of run.machine.engine.settings.weights.warnings) log('warn', 'weights', { message });
    await run.start();
    const housekeeping = stored.housekeeping({ config, dataDir, log, telemetry, alerts: watch, now: clock.now });
    cleanUp.push(() => housekeeping?.close());
    housekeeping?.start();
    const push = await startPush(telemetry, 'twinleg', (message) => log('warn', 'metrics_push', { message }));
    cleanUp.push(() => push.close());
    options.onStart?.(run);
    const reason = await run.untilStopped(venues.simulator);
    // Who was taken over writes nothing more: the other run goes on from what is stored.
    lost.signal.throwIfAborted();
    log('info', 'stopping', { reason });
    const summary = await run.stop();
    await housekeeping?.stop();
    return summary;
  } catch (error) {
    throw storeError(join(dataDir, STORE_FILE), error);
  } finally {
    for (const undo of cleanUp.reverse()) await undo();
  }
}

/** The store that the wiring means: a data directory's, or a stage's table. */
async function openRunStore(
  { config, dataDir }: RunOptions,
  told: { failed(error: TwinlegError): void; lost(error: TwinlegError): void },
): Promise<RunStore> {
  const owner = ownerOf(config);
  if (config.wiring === 'embedded') return openDirectoryStore(dataDir, owner);
  // Only who keeps a table pays for the client's start.
  const { openTableRunStore } = await import('./table-run-store.ts');
  return await openTableRunStore({ config, owner, ...told });
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
function heldSymbols({ store }: RunStore): string[] {
  return store
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
