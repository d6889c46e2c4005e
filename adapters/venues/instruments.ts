import { FOREIGN_FRAME } from '#core/market/mapping.ts';

/** The hash of an instrument's name is grown byte by byte while the name is read: start here, then {@link hashByte}. */
export const HASH_SEED = 0;

export function hashByte(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

/**
 * Instrument names and what a mapper answers for each, found by the name's bytes without making a string of them
 * (open addressing), or by text on the slow path.
 */
export class InstrumentTable {
  readonly #byName = new Map<string, number>();
  readonly #mask: number;
  readonly #names: (Uint8Array | undefined)[];
  readonly #results: Int32Array;

  /** Where a name occurs twice, the first result holds. */
  constructor(entries: Iterable<readonly [name: string, result: number]>) {
    for (const [name, result] of entries) {
      if (!this.#byName.has(name)) this.#byName.set(name, result);
    }
    let size = 16;
    while (size < this.#byName.size * 4) size *= 2;
    this.#mask = size - 1;
    this.#names = new Array<Uint8Array | undefined>(size).fill(undefined);
    this.#results = new Int32Array(size);
    for (const [name, result] of this.#byName) {
      const bytes = Uint8Array.from(Buffer.from(name, 'utf8'));
      let slot = bytes.reduce(hashByte, HASH_SEED) & this.#mask;
      while (this.#names[slot] !== undefined) slot = (slot + 1) & this.#mask;
      this.#names[slot] = bytes;
      this.#results[slot] = result;
    }
  }

  /** The result for the name in `bytes[start, end)`, whose hash is `hash`; FOREIGN_FRAME if it is none of ours. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    let slot = hash & this.#mask;
    for (;;) {
      const name = this.#names[slot];
      if (name === undefined) return FOREIGN_FRAME;
      if (name.length === end - start && equalAt(bytes, start, name)) return this.#results[slot]!;
      slot = (slot + 1) & this.#mask;
    }
  }

  findText(name: string): number {
    return this.#byName.get(name) ?? FOREIGN_FRAME;
  }
}

function equalAt(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) {
    if (bytes[start + i] !== name[i]) return false;
  }
  return true;
}
