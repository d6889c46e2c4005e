import type { SymbolState } from '#core/engine/state.ts';

/** No two clocks of a deployment differ by more, ms. */
const CLOCKS_MS = 60_000;

/**
 * Before which moment every position that ever ends has ended: one that is open ended at its decision at the earliest, and
 * one that is decided later ends later. What was read before it is final.
 *
 * @param symbols as they were read, strongly consistent, at `nowMs`
 */
export function settledBefore(symbols: readonly SymbolState[], nowMs: number): number {
  return symbols.reduce(
    (earliest, { pair }) => (pair === null ? earliest : Math.min(earliest, pair.decidedAtMs)),
    nowMs - CLOCKS_MS,
  );
}
