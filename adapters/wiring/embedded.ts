import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadInstruments } from '#adapters/instruments/rest.ts';
import { sidecar } from '#adapters/recording/sidecars.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { lockDirectory } from '#adapters/store/sqlite/lock.ts';
import { createRunLog } from '#adapters/store/sqlite/runs.ts';
import { type SimulatorProcess, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import { TwinlegError } from '#core/errors.ts';
import { createRunClock } from './clock.ts';
import { LiveRun, type RunSummary } from './live-run.ts';

/** The store's file in a data directory. */
export const STORE_FILE = 'twinleg.sqlite';

export interface RunOptions {
  readonly config: Config;
  readonly dataDir: string;
  /** `simulator`, `real` or `tape:FILE`. */
  readonly venues: string;
  readonly speed: number | undefined;
  readonly seed: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly recordFile: string | undefined;
  readonly guardsOn: boolean;
  /** Told of everything worth telling, as it happens. */
  readonly log: (level: 'info' | 'warn' | 'error', event: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Asks for a clean stop. */
  readonly signal: AbortSignal;
  /** The run is up: for a board. */
  readonly onStart?: (run: LiveRun) => void;
}

/**
 * Trades in one process until stopped: both venues' sockets, the machine, its store and the HTTP server. Everything is
 * taken back in the reverse order, whatever fails.
 */
export async function runEmbedded(options: RunOptions): Promise<RunSummary> {
  const { config, dataDir, recordFile, log } = options;
  if (recordFile !== undefined) refuseExisting(recordFile);
  const cleanUp: (() => unknown)[] = [];
  try {
    const lock = lockDirectory(dataDir);
    cleanUp.push(() => lock.release());
    const source = options.venues.startsWith('tape:') ? 'tape' : options.venues;
    const database = openDatabase(join(dataDir, STORE_FILE), { mode: config.mode, source }, config.mode === 'live');
    cleanUp.push(() => database.close());
    const simulator = await startVenues(options);
    if (simulator !== null) cleanUp.push(() => simulator.stop());
    const urls = simulator?.venues ?? { binance: config.venues.binance, upbit: config.venues.upbit };

    const { symbols } = config.universe;
    const sources = { binanceRestUrl: urls.binance.restUrl, upbitRestUrl: urls.upbit.restUrl };
    const loaded = await loadInstruments(symbols, sources);
    for (const warning of loaded.warnings) log('warn', 'instruments', { warning });
    if (loaded.missing.length > 0) {
      throw new TwinlegError(
        'INSTRUMENT_UNKNOWN',
        `no lots and ticks are known for ${loaded.missing.join(', ')}`,
        'check the names; a coin outside the built-in table needs Binance’s REST within reach',
      );
    }
    const runs = createRunLog(database);
    const lastEventMs = runs.lastEventMs() ?? 0;
    const clock = createRunClock(lastEventMs);
    const behindMs = lastEventMs - Date.now();
    if (behindMs > 0) {
      log('warn', 'clock', {
        message: `the system's clock is ${behindMs} ms behind the last run's; times go on from there`,
      });
    }
    const epoch = runs.begin(clock.now(), configVersion(config));
    const run = new LiveRun({
      ...options,
      database,
      history: createHistory(database),
      runs,
      clock,
      epoch,
      instruments: loaded.instruments,
      urls,
      source,
    });
    cleanUp.push(() => run.close());
    await run.start();
    options.onStart?.(run);
    const reason = await run.untilStopped(simulator);
    log('info', 'stopping', { reason });
    return await run.stop();
  } finally {
    for (const undo of cleanUp.reverse()) await undo();
  }
}

/** The simulator where it or a tape is asked for; null for real venues (or whatever stands in for them). */
async function startVenues(options: RunOptions): Promise<SimulatorProcess | null> {
  const { venues, seed, speed, config } = options;
  if (venues === 'real') return null;
  const tape = venues.startsWith('tape:') ? venues.slice('tape:'.length) : undefined;
  if (tape !== undefined && !existsSync(tape)) {
    throw new TwinlegError('TAPE_MISSING', `no such tape: ${tape}`, 'check the name after --venues tape:');
  }
  const coins = config.universe.symbols.map((symbol) => symbol.slice(0, symbol.indexOf('/')));
  return startSimulatorProcess({
    ...(seed === undefined ? {} : { seed }),
    ...(tape === undefined ? { coins } : { tape, speed: speed ?? 1 }),
  });
}

function refuseExisting(file: string): void {
  const taken = [file, sidecar.run(file), sidecar.events(file), sidecar.instruments(file)].find(existsSync);
  if (taken === undefined) return;
  throw new TwinlegError(
    'TAPE_EXISTS',
    `${taken} is already there; a recording is never overwritten`,
    'name another file with --record',
  );
}
