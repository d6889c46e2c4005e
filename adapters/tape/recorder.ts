import { closeSync, createWriteStream, openSync } from 'node:fs';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { VenueId } from '#core/market/types.ts';
import { faultOf, tapeError } from './errors.ts';

/** Frames are gathered up to this before they are written, bytes. */
const BLOCK_BYTES = 64 * 1024;
/** At the latest after this what was gathered is written and flushed: a crash loses no more, ms. */
const FLUSH_MS = 500;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

export interface TapeRecorder {
  /** Lines written so far. */
  readonly lines: number;
  /** Takes one frame, as received; a line break within it becomes a space. */
  frame(atMs: number, venue: VenueId, frame: Uint8Array): void;
  close(): Promise<{ frames: number; bytes: number }>;
}

export interface RecorderOptions {
  /** Size of the recorded lines at which the recording ends, bytes before compression; null: none. */
  readonly maxBytes: number | null;
  /** Nothing more is recorded: the size is reached, or the disk failed. */
  onEnd(reason: string): void;
}

/** Writes a tape, compressed where the name ends in `.gz`. An existing file is never overwritten. */
export function createRecorder(file: string, options: RecorderOptions): TapeRecorder {
  const sink = openSink(file, finish);
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  let lines = 0;
  let bytes = 0;
  let ended = false;

  function finish(reason: string): void {
    if (!ended) options.onEnd(reason);
    ended = true;
  }

  function flush(): void {
    if (used === 0) return;
    sink.write(block.subarray(0, used));
    block = Buffer.allocUnsafe(BLOCK_BYTES);
    used = 0;
  }
  const timer = setInterval(() => {
    flush();
    sink.flush();
  }, FLUSH_MS);
  timer.unref();

  return {
    get lines() {
      return lines;
    },
    frame(atMs, venue, frame) {
      if (ended) return;
      const head = `${atMs} ${venue} `;
      const length = head.length + frame.length + 1;
      if (options.maxBytes !== null && bytes + length > options.maxBytes) {
        finish(`record.maxBytes (${options.maxBytes}) is reached`);
        return;
      }
      if (used + length > BLOCK_BYTES) flush();
      const target = length > BLOCK_BYTES ? Buffer.allocUnsafe(length) : block;
      const at = target === block ? used : 0;
      target.write(head, at, 'latin1');
      target.set(frame, at + head.length);
      const end = at + length - 1;
      for (let i = at + head.length; i < end; i++) {
        if (target[i] === NEWLINE || target[i] === CARRIAGE_RETURN) target[i] = SPACE;
      }
      target[end] = NEWLINE;
      if (target === block) used += length;
      else sink.write(target);
      lines++;
      bytes += length;
    },
    async close() {
      clearInterval(timer);
      flush();
      await sink.end();
      return { frames: lines, bytes };
    },
  };
}

/** Appends events, one JSON line each, beside a tape. */
export function createEventsWriter(
  file: string,
  onEnd: (reason: string) => void,
): { write(event: object): void; close(): Promise<void> } {
  const sink = openSink(`${file}.events.jsonl`, onEnd);
  return {
    write: (event) => sink.write(Buffer.from(`${JSON.stringify(event)}\n`)),
    close: () => sink.end(),
  };
}

interface Sink {
  write(bytes: Uint8Array): void;
  flush(): void;
  end(): Promise<void>;
}

function openSink(file: string, onEnd: (reason: string) => void): Sink {
  try {
    closeSync(openSync(file, 'wx'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EEXIST')
      throw tapeError('TAPE_EXISTS', `${file} is already there; a recording is never overwritten`, cause);
    throw tapeError('TAPE_WRITE_FAILED', `cannot write ${file}: ${code}`, cause);
  }
  const out = createWriteStream(file, { flags: 'a' });
  // A full disk must not end the run; the recording just ends there.
  out.on('error', (error) => onEnd(`${file} cannot be written: ${faultOf(error)}`));
  const gzip: Gzip | null = file.endsWith('.gz') ? createGzip({ level: 6 }) : null;
  gzip?.pipe(out);
  const into = gzip ?? out;
  return {
    write: (bytes) => {
      into.write(bytes);
    },
    flush: () => gzip?.flush(constants.Z_SYNC_FLUSH),
    async end() {
      // After a failed write the stream is closed already.
      if (out.closed) return;
      const closed = new Promise<void>((resolve) => out.once('close', resolve));
      into.end();
      await closed;
    },
  };
}
