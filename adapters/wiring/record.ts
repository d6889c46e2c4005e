import { rmSync } from 'node:fs';
import { writeInstruments } from '#adapters/recording/sidecars.ts';
import { refuseExisting, Tapes } from '#adapters/recording/tapes.ts';
import { NO_MEMORY, UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import { createFeed } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import { createRunClock, tellJump } from './clock.ts';
import type { RunOptions } from './embedded.ts';
import { tellFeedEvent } from './live-feeds.ts';
import { startVenues, tellTapeEnd } from './start-venues.ts';
import { startUniverse } from './universe-start.ts';

const PROGRESS_MS = 200;

export interface RecordOptions {
  readonly config: Config;
  readonly file: string;
  readonly durationSeconds: number | undefined;
  /** A file of its own for each hour of UTC, the hour in its name. */
  readonly rotateHourly: boolean;
  readonly log: RunOptions['log'];
  readonly signal: AbortSignal;
  progress(frames: number): void;
}

export interface RecordSummary {
  readonly frames: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly files: readonly string[];
}

/** Writes what both venues send until stopped, without trading. Lots and ticks lie beside each tape. */
export async function recordVenues(options: RecordOptions): Promise<RecordSummary> {
  const { config, file, rotateHourly, log, signal, durationSeconds } = options;
  if (!rotateHourly) refuseExisting(file, 'name another file');
  const venues = await startVenues(config);
  void venues.simulator?.tapeEnd.then((end) => tellTapeEnd(end, log));
  const clock = createRunClock(0);
  const startedMs = clock.now();
  try {
    const keeper = new UniverseKeeper(createUniverseReader(venues.urls, signal), NO_MEMORY);
    const { list, instruments } = await startUniverse(config, keeper, [], log);
    let full = () => {};
    const isFull = new Promise<void>((resolve) => {
      full = resolve;
    });
    const tapes = new Tapes({
      file,
      rotateHourly,
      maxBytes: config.record.maxBytes,
      begun: (name) => writeInstruments(name, instruments.values()),
      ended(name, reason) {
        log('error', 'recording_ended', { message: `${name} ends here: ${reason}` });
        if (!rotateHourly) full();
      },
    });
    tapes.open(startedMs);
    const feeds = VENUES.map((venue: VenueId) =>
      createFeed(venue, {
        wsUrl: venues.urls[venue].wsUrl,
        symbols: list.symbols,
        stream: config.venues.binance.stream,
        standby: config.venues[venue].standby,
        clock: clock.now,
        random: Math.random,
        listener: {
          onFrame: (frame) => tapes.frame(clock.now(), venue, frame),
          onEvent: (event) => tellFeedEvent(event, log),
          onAlive() {},
        },
      }),
    );
    for (const feed of feeds) feed.start();
    const progress = setInterval(() => {
      tellJump(clock.check(), log);
      options.progress(tapes.frames);
    }, PROGRESS_MS);
    await Promise.race([
      aborted(signal),
      ...(durationSeconds === undefined ? [] : [after(durationSeconds * 1000, signal)]),
      isFull,
      ...(venues.simulator === null ? [] : [venues.simulator.tapeEnd, venues.simulator.ended.then(failed)]),
    ]);
    clearInterval(progress);
    await Promise.all(feeds.map((feed) => feed.stop()));
    await tapes.close();
    if (tapes.frames === 0) {
      for (const name of tapes.files)
        for (const part of [name, `${name}.instruments.json`]) rmSync(part, { force: true });
      throw new TwinlegError(
        'NOTHING_RECORDED',
        `neither venue sent anything; ${tapes.files.join(', ')} was not kept`,
        'npx twinleg doctor tries each venue; venues.binance.wsUrl and venues.upbit.wsUrl say where they are looked for',
      );
    }
    return { frames: tapes.frames, bytes: tapes.bytes, seconds: (clock.now() - startedMs) / 1000, files: tapes.files };
  } finally {
    await venues.simulator?.stop();
  }
}

function after(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function failed(why: string): never {
  throw new TwinlegError('SIMULATOR_FAILED', why, 'start again; what was recorded is kept');
}
