import { existsSync } from 'node:fs';
import { createRecorder, type TapeRecorder } from '#adapters/tape/recorder.ts';
import { TwinlegError } from '#core/errors.ts';
import type { VenueId } from '#core/market/types.ts';
import { sidecar } from './sidecars.ts';

const HOUR_MS = 3_600_000;

export interface TapesOptions {
  readonly file: string;
  readonly maxBytes: number | null;
  /** A file of its own for each hour of UTC, the hour in its name. */
  readonly rotateHourly: boolean;
  /** A tape was begun. */
  begun(file: string): void;
  /** A tape can take no more; where tapes rotate the next hour goes on. */
  ended(file: string, reason: string): void;
}

/** The tape that is written now, and those before it. */
export class Tapes {
  bytes = 0;
  readonly files: string[] = [];
  readonly #options: TapesOptions;
  readonly #closing: Promise<void>[] = [];
  #framesBefore = 0;
  #tape: TapeRecorder | null = null;
  #endsAtMs = Number.POSITIVE_INFINITY;

  constructor(options: TapesOptions) {
    this.#options = options;
  }

  open(nowMs: number): void {
    const { file, rotateHourly, maxBytes, begun, ended } = this.#options;
    const name = rotateHourly ? hourly(file, nowMs) : file;
    if (rotateHourly) this.#endsAtMs = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
    this.#tape = createRecorder(name, { maxBytes, onEnd: (reason) => ended(name, reason) });
    begun(name);
    this.files.push(name);
  }

  frame(atMs: number, venue: VenueId, frame: Uint8Array): void {
    if (atMs >= this.#endsAtMs) {
      this.#closing.push(this.#finish());
      this.#rotate(atMs);
    }
    this.#tape?.frame(atMs, venue, frame);
  }

  /** A disk that fails at the turn of the hour costs that hour, not the recording. */
  #rotate(nowMs: number): void {
    try {
      this.open(nowMs);
    } catch (error) {
      this.#options.ended(this.#options.file, error instanceof Error ? error.message : String(error));
    }
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

/** `tape.gz` of 16 o'clock UTC is `tape-2026-11-24T16.gz`; begun again within that hour, `tape-2026-11-24T16-2.gz`. */
function hourly(file: string, nowMs: number): string {
  const hour = new Date(nowMs).toISOString().slice(0, 13);
  const slash = file.lastIndexOf('/') + 1;
  const dot = file.indexOf('.', slash + 1);
  const [stem, ending] = dot < 0 ? [file, ''] : [file.slice(0, dot), file.slice(dot)];
  let name = `${stem}-${hour}${ending}`;
  for (let part = 2; taken(name) !== undefined; part++) name = `${stem}-${hour}-${part}${ending}`;
  return name;
}

/** Refuses a name at which a recording, or a part of one, lies already: it is never overwritten. */
export function refuseExisting(file: string, remedy: string): void {
  const found = taken(file);
  if (found === undefined) return;
  throw new TwinlegError('TAPE_EXISTS', `${found} is already there; a recording is never overwritten`, remedy);
}

function taken(file: string): string | undefined {
  return [file, sidecar.run(file), sidecar.events(file), sidecar.instruments(file)].find(existsSync);
}
