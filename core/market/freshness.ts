import type { Market } from './market.ts';
import type { Book } from './types.ts';

/** A quiet book counts as fresh in `liveness` while its connection spoke within this, ms. */
const CONNECTION_ALIVE_MS = 2_000;
/** … and the symbol itself within this, ms. */
const SYMBOL_SPOKE_MS = 30_000;

/** How old a quote may be to be judged (SPEC §4). */
export interface FreshnessRule {
  readonly maxQuoteAgeMs: number;
  /** `receive`: age since receipt alone. `liveness`: a quiet book on a live connection counts as fresh too. */
  readonly mode: 'receive' | 'liveness';
}

export function isFresh(receivedAtMs: number, aliveAtMs: number, nowMs: number, rule: FreshnessRule): boolean {
  if (receivedAtMs < 0) return false;
  const ageMs = nowMs - receivedAtMs;
  if (ageMs <= rule.maxQuoteAgeMs) return true;
  return rule.mode === 'liveness' && ageMs <= SYMBOL_SPOKE_MS && nowMs - aliveAtMs <= CONNECTION_ALIVE_MS;
}

export function quotesFresh(market: Market, nowMs: number, rule: FreshnessRule): boolean {
  return (
    isFresh(market.binance.receivedAtMs, market.liveness.binance, nowMs, rule) &&
    isFresh(market.upbit.receivedAtMs, market.liveness.upbit, nowMs, rule)
  );
}

export function fxFresh(market: Market, nowMs: number, rule: FreshnessRule): boolean {
  return isFresh(market.fx.receivedAtMs, market.liveness.upbit, nowMs, rule);
}

/** Age of a book in ms, or null before its first frame. */
export function ageMs(book: Pick<Book, 'receivedAtMs'>, nowMs: number): number | null {
  return book.receivedAtMs < 0 ? null : nowMs - book.receivedAtMs;
}
