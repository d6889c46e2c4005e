import { type LineParts, type RejectReason, splitLine, TAPE_BINANCE, type TapeVenue } from './line.ts';
import { TapeSource } from './source.ts';

/** Longer than any frame; a line beyond it is not a line of a tape. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BRACE_CLOSE = 125;
const BRACKET_CLOSE = 93;

/** Gets every line of a tape, in order. The bytes are the reader's own and hold only during the call. */
export interface TapeVisitor {
  /**
   * One frame, `bytes[start, end)`. `atMs` is the time at which it is judged, never before an earlier line's.
   * Returns false if the frame could not be understood: then it does not move the clock.
   */
  line(atMs: number, venue: TapeVenue, bytes: Uint8Array, start: number, end: number, lineNumber: number): boolean;
  /** A line that holds no frame. It does not move the clock. */
  rejected(lineNumber: number, reason: RejectReason): void;
}

export interface TapeSummary {
  /** Lines seen, rejected ones too. */
  readonly lines: number;
  /** Lines that `rejected` was called for, and those for which `line` returned false. */
  readonly rejectedLines: number;
  /** Lines earlier than their predecessor, judged at its time. */
  readonly earlierLines: number;
  /** Judged times of the first and last line that was understood; null if there is none. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Of the file's bytes as they lie on the disk. */
  readonly sha256: string;
  readonly bytes: number;
  /** A gzip that ends before its end or is damaged further on: what could be decoded was used. */
  readonly truncated: boolean;
  /** Why, in words; undefined unless `truncated`. */
  readonly fault: string | undefined;
}

/** One tape, read block by block: {@link TapeReader.fill} reads, then {@link TapeReader.drain} delivers what was read. */
export class TapeReader {
  readonly #source: TapeSource;
  readonly #parts: LineParts = { atMs: 0, venue: TAPE_BINANCE, frame: 0 };
  #blocks: readonly Uint8Array[] = [];
  #block = 0;
  #position = 0;
  /** The start of a line whose end has not been read. */
  #carry: Uint8Array[] = [];
  #carryBytes = 0;
  #ended = false;
  #lines = 0;
  #rejected = 0;
  #earlier = 0;
  #firstMs = -1;
  #clockMs = -1;

  constructor(file: string) {
    this.#source = new TapeSource(file);
  }

  /** Reads on; false at the end. Throws a TwinlegError if the file is missing or cannot be read at all. */
  async fill(): Promise<boolean> {
    if (this.#ended) return false;
    const blocks = await this.#source.next();
    this.#ended = blocks === undefined;
    this.#blocks = blocks ?? [];
    this.#block = 0;
    this.#position = 0;
    return true;
  }

  /**
   * Delivers the lines that were read, at most `maxLines` of them; false once none is left and `fill` is needed. A
   * limit of 1 lets the caller wait between two lines.
   */
  drain(visitor: TapeVisitor, maxLines: number = Number.POSITIVE_INFINITY): boolean {
    let left = maxLines;
    while (this.#block < this.#blocks.length) {
      const block = this.#blocks[this.#block]!;
      while (this.#position < block.length) {
        if (left-- <= 0) return true;
        const newline = block.indexOf(NEWLINE, this.#position);
        if (newline < 0) {
          // The block's memory is given back; what is kept is a copy.
          this.#keep(Uint8Array.prototype.slice.call(block, this.#position));
          break;
        }
        const start = this.#position;
        this.#position = newline + 1;
        if (this.#carryBytes === 0) {
          this.#deliver(visitor, block, start, newline, false);
        } else {
          this.#keep(block.subarray(start, newline));
          this.#deliverCarried(visitor, false);
        }
      }
      release(block);
      this.#block++;
      this.#position = 0;
    }
    if (this.#ended && this.#carryBytes > 0) this.#deliverCarried(visitor, true);
    return false;
  }

  /** Call once, at the end. */
  summary(): TapeSummary {
    const fault = this.#source.fault;
    const any = this.#firstMs >= 0;
    return {
      lines: this.#lines,
      rejectedLines: this.#rejected,
      earlierLines: this.#earlier,
      firstMs: any ? this.#firstMs : null,
      lastMs: any ? this.#clockMs : null,
      sha256: this.#source.sha256(),
      bytes: this.#source.bytes,
      truncated: fault !== undefined,
      fault,
    };
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #keep(piece: Uint8Array): void {
    // Of an overlong line only the length is needed.
    if (this.#carryBytes <= MAX_LINE_BYTES) this.#carry.push(piece);
    this.#carryBytes += piece.length;
  }

  #deliverCarried(visitor: TapeVisitor, last: boolean): void {
    const length = this.#carryBytes;
    const line = length > MAX_LINE_BYTES ? new Uint8Array(0) : Buffer.concat(this.#carry);
    this.#carry = [];
    this.#carryBytes = 0;
    if (length > MAX_LINE_BYTES) this.#reject(visitor, ++this.#lines, 'long');
    else this.#deliver(visitor, line, 0, line.length, last);
  }

  #deliver(visitor: TapeVisitor, bytes: Uint8Array, start: number, newline: number, last: boolean): void {
    const lineNumber = ++this.#lines;
    const end = newline > start && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    const parts = this.#parts;
    const reason = splitLine(bytes, start, end, parts);
    if (reason !== undefined) {
      this.#reject(visitor, lineNumber, last ? 'cut' : reason);
      return;
    }
    // A last line without a newline is whole if its frame is: a frame cut short never ends one of its own brackets
    // and is valid, which the mapper finds out.
    if (last && bytes[end - 1] !== BRACE_CLOSE && bytes[end - 1] !== BRACKET_CLOSE) {
      this.#reject(visitor, lineNumber, 'cut');
      return;
    }
    const earlier = parts.atMs < this.#clockMs;
    const atMs = earlier ? this.#clockMs : parts.atMs;
    if (!visitor.line(atMs, parts.venue, bytes, parts.frame, end, lineNumber)) {
      this.#rejected++;
      return;
    }
    if (earlier) this.#earlier++;
    if (this.#firstMs < 0) this.#firstMs = atMs;
    this.#clockMs = atMs;
  }

  #reject(visitor: TapeVisitor, lineNumber: number, reason: RejectReason): void {
    this.#rejected++;
    visitor.rejected(lineNumber, reason);
  }
}

/**
 * Gives a used block's memory back at once. Left to the collector, megabytes that outlived two scavenges wait for a full
 * collection, and bring one about. A block that does not end its memory shares it with what is still being inflated.
 */
function release(block: Uint8Array): void {
  const { buffer, byteOffset, byteLength } = block;
  if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
}

/** Reads a tape from start to end, in constant memory. Throws a TwinlegError if it is missing or cannot be read at all. */
export async function readTape(file: string, visitor: TapeVisitor): Promise<TapeSummary> {
  const reader = new TapeReader(file);
  try {
    while (await reader.fill()) reader.drain(visitor);
    return reader.summary();
  } finally {
    await reader.close();
  }
}

/** The time of a tape's first line that has one, null if none has; for taking several tapes in order. */
export async function firstTimeOf(file: string): Promise<number | null> {
  const reader = new TapeReader(file);
  let firstMs: number | null = null;
  const visitor: TapeVisitor = {
    line(atMs) {
      firstMs ??= atMs;
      return true;
    },
    rejected() {},
  };
  try {
    while (firstMs === null && (await reader.fill())) {
      while (firstMs === null && reader.drain(visitor, 1));
    }
    return firstMs;
  } finally {
    await reader.close();
  }
}
