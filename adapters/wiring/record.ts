import { writeInstruments } from '#adapters/recording/sidecars.ts';
import { createRecorder, type TapeRecorder } from '#adapters/tape/recorder.ts';
import { NO_MEMORY, UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import { createFeed } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import { createRunClock } from './clock.ts';
import type { RunOptions } from './embedded.ts';
import { startVenues } from './start-venues.ts';
import { startUniverse } from './universe-start.ts';

const HOUR_MS = 3_600_000;
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
  const { config, log, signal, durationSeconds } = options;
  const venues = await startVenues(config);
  const clock = createRunClock(0);
  const startedMs = clock.now();
  try {
    const keeper = new UniverseKeeper(createUniverseReader(venues.urls, signal), NO_MEMORY);
    const { list, instruments } = await startUniverse(config, keeper, [], log);
    const tapes = new Tapes(options, (file) => writeInstruments(file, instruments.values()));
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
          onEvent: ({ kind, ...detail }) => log('info', `feed_${kind}`, detail),
          onAlive() {},
        },
      }),
    );
    for (const feed of feeds) feed.start();
    const progress = setInterval(() => {
      clock.check();
      options.progress(tapes.frames);
    }, PROGRESS_MS);
    await Promise.race([
      aborted(signal),
      ...(durationSeconds === undefined ? [] : [after(durationSeconds * 1000, signal)]),
      tapes.full,
      ...(venues.simulator === null ? [] : [venues.simulator.tapeEnd, venues.simulator.ended.then(failed)]),
    ]);
    clearInterval(progress);
    await Promise.all(feeds.map((feed) => feed.stop()));
    await tapes.close();
    return { frames: tapes.frames, bytes: tapes.bytes, seconds: (clock.now() - startedMs) / 1000, files: tapes.files };
  } finally {
    await venues.simulator?.stop();
  }
}

/** The tape that is written now, and those before it. */
class Tapes {
  bytes = 0;
  readonly files: string[] = [];
  /** Resolves when a tape can take no more. */
  readonly full: Promise<void>;
  readonly #options: RecordOptions;
  readonly #begin: (file: string) => void;
  readonly #closing: Promise<void>[] = [];
  #ended: () => void = () => {};
  #framesBefore = 0;
  #tape: TapeRecorder | null = null;
  #endsAtMs = Number.POSITIVE_INFINITY;

  constructor(options: RecordOptions, begin: (file: string) => void) {
    this.#options = options;
    this.#begin = begin;
    this.full = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  open(nowMs: number): void {
    const { file, rotateHourly, config, log } = this.#options;
    const name = rotateHourly ? hourly(file, nowMs) : file;
    if (rotateHourly) this.#endsAtMs = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
    this.#tape = createRecorder(name, {
      maxBytes: config.record.maxBytes,
      onEnd: (reason) => {
        log('error', 'recording_ended', { message: `${name} ends here: ${reason}` });
        if (!rotateHourly) this.#ended();
      },
    });
    this.#begin(name);
    this.files.push(name);
  }

  frame(atMs: number, venue: VenueId, frame: Uint8Array): void {
    if (atMs >= this.#endsAtMs) {
      this.#closing.push(this.#finish());
      this.open(atMs);
    }
    this.#tape?.frame(atMs, venue, frame);
  }

  get frames(): number {
    return this.#framesBefore + (this.#tape?.lines ?? 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closing, this.#finish()]);
  }

  async #finish(): Promise<void> {
    const tape = this.#tape;
    this.#framesBefore = this.frames;
    this.#tape = null;
    const written = await tape?.close();
    this.bytes += written?.bytes ?? 0;
  }
}

/** `tape.gz` of 16 o'clock UTC is `tape-2026-11-24T16.gz`. */
function hourly(file: string, nowMs: number): string {
  const hour = new Date(nowMs).toISOString().slice(0, 13);
  const slash = file.lastIndexOf('/') + 1;
  const dot = file.indexOf('.', slash + 1);
  return dot < 0 ? `${file}-${hour}` : `${file.slice(0, dot)}-${hour}${file.slice(dot)}`;
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
