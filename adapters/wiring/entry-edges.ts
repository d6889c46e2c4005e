import type { Pair } from '#core/execution/types.ts';

/** Positions that are remembered: many more than can be open or closed within the minute that is read over once more. */
const MOST = 10_000;

/**
 * The net edges of entries as a process finds them in the store that others trade on: each position once, and none that was
 * decided before this process began.
 */
export class EntryEdges {
  readonly #sinceMs: number;
  readonly #found: (symbol: string, netEdge: number) => void;
  readonly #seen = new Set<string>();

  /** @param found told the net edge as a ratio of the entry's notional */
  constructor(sinceMs: number, found: (symbol: string, netEdge: number) => void) {
    this.#sinceMs = sinceMs;
    this.#found = found;
  }

  pairs(pairs: readonly Pair[]): void {
    for (const { id, symbol, decidedAtMs, seenEdgeUsdt, entryNotional } of pairs) {
      if (decidedAtMs < this.#sinceMs || this.#seen.has(id)) continue;
      this.#seen.add(id);
      if (entryNotional > 0) this.#found(symbol, seenEdgeUsdt / entryNotional);
    }
    // A set keeps the order of what was put in: the oldest goes.
    for (const id of this.#seen) {
      if (this.#seen.size <= MOST) break;
      this.#seen.delete(id);
    }
  }
}
