import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where a data directory keeps the restores that failed: there may be no store to keep them in. */
const FILE = 'restores-failed.jsonl';

export interface FailedRestore {
  readonly atMs: number;
  readonly file: string;
  readonly code: string;
}

/** Keeps a failed restore for the next run's metrics; a directory that is not there, or not to be written, keeps none. */
export function noteFailedRestore(dataDir: string, failure: FailedRestore): void {
  if (!existsSync(dataDir)) return;
  try {
    appendFileSync(join(dataDir, FILE), `${JSON.stringify(failure)}\n`);
  } catch {
    // The failure itself is told by whoever restores.
  }
}

/** Counts the failed restores of a data directory; reads its file only where it has grown. */
export class FailedRestores {
  readonly #file: string;
  #size = 0;
  #count = 0;

  constructor(dataDir: string) {
    this.#file = join(dataDir, FILE);
  }

  /** @returns how many have come since the last call */
  sinceLast(): number {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.#size) return 0;
    const count = readFileSync(this.#file, 'utf8').split('\n').length - 1;
    const more = Math.max(0, count - this.#count);
    this.#size = size;
    this.#count = count;
    return more;
  }
}
