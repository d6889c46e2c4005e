import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { REGISTRY } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import type { Measurement } from '#core/guards/outside.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import type { Recording } from './recording.ts';

const SECOND_MS = 1000;
/** How often each thing is measured, s. */
const DISK_SECONDS = 10;
const CLOCK_SECONDS = 60;
const LEDGER_SECONDS = 60;
const TIMEOUT_MS = 4000;

interface MeasuringParts {
  readonly config: Config;
  readonly machine: { measure(measurement: Measurement, atMs: number): void };
  readonly recording: Recording | null;
  /** Where the disk may fill; null where nothing is kept on one. */
  readonly dataDir: string | null;
  /** What of the ledger does not add up; null where that is asked elsewhere. */
  readonly ledgerMismatch: (() => string | null) | null;
  readonly urls: Readonly<Record<VenueId, { readonly restUrl: string }>>;
  /** A tape has no clock and no REST to be asked. */
  readonly source: string;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

/** Measures what the guards ask of the world outside the engine, and hands it in as events that are recorded. */
export class Measuring {
  readonly #parts: MeasuringParts;
  #timer: NodeJS.Timeout | null = null;
  #seconds = 0;
  #errors = 0;

  constructor(parts: MeasuringParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#second(), SECOND_MS);
    this.#second();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** A failure that was survived. */
  error(): void {
    this.#errors++;
  }

  #second(): void {
    const { source, dataDir, ledgerMismatch } = this.#parts;
    const second = this.#seconds++;
    const due = (every: number, first = 0) => second % every === first % every && second >= first;
    if (this.#errors > 0) {
      this.measured({ kind: 'errors', count: this.#errors });
      this.#errors = 0;
    }
    if (dataDir !== null && due(DISK_SECONDS)) this.#try(() => ({ kind: 'disk', freeBytes: freeBytes(dataDir) }));
    if (ledgerMismatch !== null && due(LEDGER_SECONDS, 1)) {
      this.#try(() => ({ kind: 'reconcile', mismatch: ledgerMismatch() }));
    }
    if (source === 'tape') return;
    if (due(CLOCK_SECONDS)) void this.#clock();
  }

  /** This clock against a venue's that tells its own; an answer that took longer than the limit tells nothing. */
  async #clock(): Promise<void> {
    const { config, urls, now } = this.#parts;
    const venue = VENUES.find((each) => REGISTRY[each].rest.clockMs !== undefined);
    if (venue === undefined) return;
    const { probe, clockMs } = REGISTRY[venue].rest;
    const startedMs = performance.now();
    const time = clockMs?.(await getJson(`${urls[venue].restUrl}${probe}`));
    const tookMs = performance.now() - startedMs;
    if (time === undefined || tookMs > (config.guards.clockSkew.maxMs ?? TIMEOUT_MS)) return;
    // The answer was under way for half of the round trip.
    this.measured({ kind: 'clock', skewMs: Math.round(now() - tookMs / 2 - time) });
  }

  #try(measure: () => Measurement): void {
    try {
      this.measured(measure());
    } catch (error) {
      this.#parts.failed(error);
    }
  }

  /** Something was measured, here or elsewhere. */
  measured(measurement: Measurement): void {
    if (this.#timer === null) return;
    const { machine, recording, now, failed } = this.#parts;
    const atMs = now();
    recording?.event({ kind: 'measured', atMs, measurement });
    try {
      machine.measure(measurement, atMs);
    } catch (error) {
      failed(error);
    }
  }
}

/** Where the directory would lie, while nothing is kept in it yet. */
function freeBytes(directory: string): number {
  const path = resolve(directory);
  if (!existsSync(path)) return freeBytes(dirname(path));
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** The answer's JSON; undefined where there is none, as measuring is no use that anything depends on. */
async function getJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
