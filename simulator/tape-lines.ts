import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

const GZIP_MAGIC = [0x1f, 0x8b];

/** Lines of a tape, plain or compressed; of a cut or damaged gzip as many as can be decoded. */
export class TapeLines {
  /** Why a gzip could not be read to its end; null where it could. */
  fault: string | null = null;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const block of this.#blocks()) {
      const lines = (rest + decoder.decode(block, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    if (rest !== '') yield rest;
  }

  async *#blocks(): AsyncGenerator<Uint8Array> {
    const raw = createReadStream(this.#file);
    const gunzip = createGunzip();
    const inflated: Buffer[] = [];
    const closed = new Promise((resolve) => gunzip.once('close', resolve));
    gunzip.on('data', (block: Buffer) => inflated.push(block));
    gunzip.on('error', ({ message }) => {
      this.fault ??= message;
    });
    let isGzip: boolean | undefined;
    for await (const block of raw as AsyncIterable<Buffer>) {
      isGzip ??= GZIP_MAGIC.every((byte, i) => block[i] === byte);
      if (!isGzip) yield block;
      else await new Promise((resolve) => gunzip.write(block, resolve));
      yield* inflated.splice(0);
      if (this.fault !== null) break;
    }
    // The end is fed apart from the last bytes: what these hold is out before a cut is reported.
    if (isGzip && this.fault === null) {
      gunzip.end();
      await closed;
      yield* inflated.splice(0);
    }
    gunzip.destroy();
  }
}
