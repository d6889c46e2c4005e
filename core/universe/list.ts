/** The symbols that a run trades from a moment on. Symbols are `BTC/USDT`. */
export interface SymbolList {
  /** Traded, in the order in which they are judged. */
  readonly symbols: readonly string[];
  /** Dropped, with a position still open: managed until closed, no new entries. Judged after the others. */
  readonly draining: readonly string[];
  /** The smaller of the two venues' 24 h volumes, USDT; a symbol whose volume is not known is left out. */
  readonly volumesUsdt: Readonly<Record<string, number>>;
  /** Deviation of the hourly returns, fractions, as measured when a symbol came; only where weights are made from them. */
  readonly volatilities?: Readonly<Record<string, number>> | undefined;
}

/** What is to be traded from now on, with what was measured anew. */
export type WantedSymbols = Omit<SymbolList, 'draining'>;

/** A list as it is configured, of which nothing more is known. */
export function plainList(symbols: readonly string[]): SymbolList {
  return { symbols, draining: [], volumesUsdt: {} };
}

/** All that has to be listened to, in the order in which it is judged. */
export function watchedSymbols({ symbols, draining }: SymbolList): string[] {
  return [...symbols, ...draining];
}

/**
 * The list after a change: what was watched before, is no more wanted and still `holds` a position goes on draining.
 * While nothing is wanted everything is kept draining, so that the feeds stay up for when it is again.
 */
export function nextList(before: SymbolList, wanted: WantedSymbols, holds: (symbol: string) => boolean): SymbolList {
  const kept = new Set(wanted.symbols);
  const dropped = watchedSymbols(before).filter((symbol) => !kept.has(symbol));
  const draining = wanted.symbols.length === 0 ? dropped : dropped.filter(holds);
  const next = { symbols: wanted.symbols, draining, volumesUsdt: wanted.volumesUsdt };
  if (before.volatilities === undefined && wanted.volatilities === undefined) return next;
  return { ...next, volatilities: { ...before.volatilities, ...wanted.volatilities } };
}

/** `wanted` in an order that moves nothing needlessly: what is there keeps its place, what is new follows. */
export function inKeptOrder(before: readonly string[], wanted: readonly string[]): string[] {
  const next = new Set(wanted);
  const kept = before.filter((symbol) => next.has(symbol));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((symbol) => !known.has(symbol))];
}

/** Whether both name the same symbols in the same order, in the same standing. */
export function sameSymbols(a: SymbolList, b: SymbolList): boolean {
  const same = (left: readonly string[], right: readonly string[]) =>
    left.length === right.length && left.every((symbol, i) => symbol === right[i]);
  return same(a.symbols, b.symbols) && same(a.draining, b.draining);
}
