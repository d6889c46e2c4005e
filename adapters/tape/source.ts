import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { TwinlegError } from '#core/errors.ts';
import { faultOf, tapeError } from './errors.ts';

/** Bytes read from the file at once; about ten times as many come out of a gzip. */
const READ_BYTES = 64 * 1024;
/** Large enough for one such read to be inflated by one call. */
const INFLATE_BYTES = 1024 * 1024;

/**
 * A file's bytes, decompressed where they are gzip, block by block. While a block is being used the next one is already
 * read and inflated in another thread.
 */
export class TapeSource {
  readonly #file: string;
  readonly #hash = createHash('sha256');
  #handle: FileHandle | undefined;
  #gunzip: Gunzip | undefined;
  #inflated: Buffer[] = [];
  #fault: string | undefined;
  #started = false;
  #ended = false;
  #blocksAhead: Promise<readonly Buffer[] | undefined> | undefined;
  #rawAhead: Promise<Buffer> | undefined;
  /** Bytes of the file that were read. */
  bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Why a gzip could not be read to its end; undefined if it could. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** The next blocks, or undefined at the end. Throws a TwinlegError if nothing at all can be read. */
  async next(): Promise<readonly Buffer[] | undefined> {
    const blocks = await (this.#blocksAhead ?? this.#decode());
    // Inflating must have been started when this returns: the caller does not let the event loop run for a while.
    if (this.#rawAhead !== undefined) await this.#rawAhead.catch(() => undefined);
    this.#blocksAhead = blocks === undefined ? undefined : this.#decode();
    // It is awaited by the next call; until then its failure must not count as unhandled.
    this.#blocksAhead?.catch(() => undefined);
    await Promise.resolve();
    return blocks;
  }

  /** Of the bytes read so far, in hexadecimal; call once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.#blocksAhead?.catch(() => undefined);
    await this.#rawAhead?.catch(() => undefined);
    this.#gunzip?.destroy();
    await this.#handle?.close();
    this.#handle = undefined;
    this.#ended = true;
  }

  async #decode(): Promise<readonly Buffer[] | undefined> {
    if (this.#ended) return undefined;
    const raw = await (this.#rawAhead ?? this.#readRaw());
    this.#rawAhead = raw.length === 0 ? undefined : this.#readRaw();
    this.#rawAhead?.catch(() => undefined);
    if (raw.length === 0) {
      this.#ended = true;
      if (!this.#started && this.#file.endsWith('.gz')) this.#fault = 'the file is empty';
      return this.#gunzip === undefined || this.#fault !== undefined ? undefined : this.#endInflating(this.#gunzip);
    }
    if (!this.#started) {
      this.#started = true;
      if (raw[0] === 0x1f && (raw[1] === 0x8b || raw.length === 1)) this.#gunzip = this.#createGunzip();
      else if (this.#file.endsWith('.gz')) throw unreadable(this.#file, 'it is named .gz and is not gzip');
    }
    if (this.#gunzip === undefined) return [raw];
    // What follows a fault is read for the hash alone.
    return this.#fault === undefined ? this.#inflate(this.#gunzip, raw) : [];
  }

  async #readRaw(): Promise<Buffer> {
    try {
      this.#handle ??= await open(this.#file, 'r');
      const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
      const { bytesRead } = await this.#handle.read(buffer, 0, READ_BYTES);
      const raw = buffer.subarray(0, bytesRead);
      this.#hash.update(raw);
      this.bytes += bytesRead;
      return raw;
    } catch (cause) {
      if (faultOf(cause) === 'ENOENT') {
        throw tapeError('TAPE_MISSING', `no such tape: ${this.#file}`, cause);
      }
      throw unreadable(this.#file, faultOf(cause), cause);
    }
  }

  #createGunzip(): Gunzip {
    const gunzip = createGunzip({ chunkSize: INFLATE_BYTES });
    gunzip.on('data', (block: Buffer) => this.#inflated.push(block));
    gunzip.on('error', (error) => {
      this.#fault ??= error.message;
    });
    return gunzip;
  }

  #inflate(gunzip: Gunzip, raw: Buffer): Promise<readonly Buffer[]> {
    return new Promise((resolve) => {
      gunzip.write(raw, () => resolve(this.#takeInflated()));
    });
  }

  /** The end is fed apart from the last bytes: what these hold is out before a cut is reported. */
  #endInflating(gunzip: Gunzip): Promise<readonly Buffer[]> {
    return new Promise((resolve) => {
      gunzip.once('close', () => resolve(this.#takeInflated()));
      gunzip.end();
    });
  }

  #takeInflated(): readonly Buffer[] {
    const blocks = this.#inflated;
    this.#inflated = [];
    return blocks;
  }
}

function unreadable(file: string, why: string, cause?: unknown): TwinlegError {
  return tapeError('TAPE_UNREADABLE', `cannot read the tape ${file}: ${why}`, cause);
}
