import type { SymbolState } from '../engine/state.ts';
import type { Pair } from '../execution/types.ts';
import { isQuoted, type Tick } from '../market/market.ts';
import type { Strategy } from '../strategy/types.ts';
import type { InterestTiming } from './timing.ts';

/**
 * Why a tick is sent: it could make an `entry`, it could meet an `exit`, what is open is not known for certain
 * (`unsettled`), or only so that the symbol is seen: each second where it may be open (`pulse`), else each half minute.
 */
export type Interest = (typeof INTERESTS)[number];
export const INTERESTS = ['entry', 'exit', 'unsettled', 'pulse', 'heartbeat'] as const;

/** A tick that is sent for nothing but to be seen: any other one of its symbol that leaves will do. */
export function isOnlySeen(interest: Interest): boolean {
  return interest === 'pulse' || interest === 'heartbeat';
}

/** Why a tick that should have been sent was not: a newer one took its place, it grew too old, its queue did not take it. */
export type Unsent = (typeof UNSENT)[number];
export const UNSENT = ['conflated', 'too_old', 'queue_failed'] as const;

export type InterestStanding = 'FLAT_KNOWN' | 'MAYBE_OPEN';

/** The rules that the receiver of the ticks decides by. */
export type InterestStrategy = Pick<Strategy, 'couldEnter' | 'exit'>;

/** What is watched, and what of it takes no new entries: as `Settings` has it. */
export interface InterestList {
  readonly watched: readonly string[];
  readonly draining: ReadonlySet<string>;
}

/** What concerns all symbols, as read together with them. */
export interface AccountReading {
  /** Every open position is to be closed. */
  readonly flatten: boolean;
  /** Whether ticks are judged under the very configuration that this filter has. */
  readonly sameConfiguration: boolean;
}

/** What a tick that leaves could do, by what is known of its symbol. */
interface Leaving {
  readonly entry: boolean;
  /** Could move what is open. */
  readonly moves: boolean;
}

/** What is known of one symbol; moments are of the gateway's own clock, ms. */
interface Row {
  readonly symbol: string;
  /** False while it drains: whoever judges its ticks opens nothing. */
  mayEnter: boolean;
  standing: InterestStanding;
  /** As the last read showed it; null before the first. */
  known: SymbolState | null;
  /** Whether nothing that was sent can have changed `known` since. */
  settled: boolean;
  /** When a tick that could make an entry was last under way to the queue. */
  entryMs: number;
  /** The same of a tick that could move what is open. */
  movedMs: number;
  /** When the last tick that was sent had been received. */
  sentMs: number;
  /** When the last one had left. */
  leftMs: number;
  leaving: Leaving | null;
}

/**
 * Tells which ticks cannot change a decision, so that they need not be sent. Pure but for what it remembers: every
 * moment is given. Conservative: a tick is kept back only where the symbol is known to be flat, or to hold a position
 * that nothing under way can have changed, and neither an entry nor an exit of the strategy itself could follow from it.
 */
export class InterestFilter {
  readonly #timing: InterestTiming;
  #strategy: InterestStrategy;
  #rows: Row[] = [];
  readonly #bySymbol = new Map<string, Row>();
  #flatten = false;
  #sameConfiguration = true;

  constructor(strategy: InterestStrategy, timing: InterestTiming, list: InterestList, nowMs: number) {
    this.#strategy = strategy;
    this.#timing = timing;
    this.setSymbols(list, nowMs);
  }

  /** Filters these from now on, in this order; what is new may be open. */
  setSymbols({ watched, draining }: InterestList, nowMs: number): void {
    const wanted = new Set(watched);
    for (const symbol of this.#bySymbol.keys()) if (!wanted.has(symbol)) this.#bySymbol.delete(symbol);
    this.#rows = watched.map((symbol) => {
      const row = this.#bySymbol.get(symbol) ?? newRow(symbol, nowMs);
      row.mayEnter = !draining.has(symbol);
      this.#bySymbol.set(symbol, row);
      return row;
    });
  }

  /** A start, a take-over or other rules: whatever was sent until now, by whomever, may have opened anything. */
  forget(strategy: InterestStrategy, nowMs: number): void {
    this.#strategy = strategy;
    for (const row of this.#rows) doubt(row, nowMs);
  }

  standing(index: number): InterestStanding {
    return this.#rows[index]!.standing;
  }

  /** What the last read showed; null before the first. */
  known(index: number): SymbolState | null {
    return this.#rows[index]!.known;
  }

  /** Symbols whose state has to be read each second. */
  get maybeOpen(): readonly string[] {
    return this.#rows.filter(({ standing }) => standing === 'MAYBE_OPEN').map(({ symbol }) => symbol);
  }

  /** Whether and why a tick has to be sent; null keeps it back. */
  judge(index: number, { market, receivedAtMs: nowMs }: Tick): Interest | null {
    // Without both books and the rate nobody can do anything with it.
    if (!isQuoted(market)) return null;
    const row = this.#rows[index]!;
    if (row.mayEnter && this.#strategy.couldEnter(market)) return 'entry';
    if (!this.#sameConfiguration) return 'unsettled';
    if (row.standing === 'FLAT_KNOWN') return nowMs - row.sentMs >= this.#timing.heartbeatMs ? 'heartbeat' : null;
    if (!row.settled || (this.#flatten && row.known!.pair !== null)) return 'unsettled';
    if (this.#couldExit(row.known!.pair, market, nowMs)) return 'exit';
    return nowMs - row.sentMs >= this.#timing.pulseMs ? 'pulse' : null;
  }

  /** The tick that is now handed over to the queue, whatever it was chosen for. */
  leaves({ symbol, market, receivedAtMs: nowMs }: Tick): void {
    const row = this.#bySymbol.get(symbol);
    if (row === undefined) return;
    const entry = !this.#sameConfiguration || (row.mayEnter && this.#strategy.couldEnter(market));
    const pair = row.known?.pair ?? null;
    const moves = !this.#sameConfiguration || row.known === null || this.#couldExit(pair, market, nowMs);
    row.leaving = { entry, moves };
    row.sentMs = nowMs;
    this.#mark(row, row.leaving, Number.POSITIVE_INFINITY);
  }

  /** The queue has answered, or nothing is awaited of it any more. */
  left(symbol: string, atMs: number): void {
    const row = this.#bySymbol.get(symbol);
    if (row?.leaving == null) return;
    this.#mark(row, row.leaving, atMs);
    row.leaving = null;
    row.leftMs = atMs;
  }

  /** What concerns all symbols, from the last read. */
  account({ flatten, sameConfiguration }: AccountReading, nowMs: number): void {
    this.#flatten = flatten;
    // Whatever was sent under the other rules may have opened anything.
    if (this.#sameConfiguration !== sameConfiguration) for (const row of this.#rows) doubt(row, nowMs);
    this.#sameConfiguration = sameConfiguration;
  }

  /**
   * A strongly consistent read of one symbol.
   *
   * @param startedMs when the read began: what was sent later cannot be in it
   */
  read(state: SymbolState, startedMs: number): void {
    const row = this.#bySymbol.get(state.symbol);
    if (row === undefined) return;
    const { settlesAfterMs, clearsAfterMs } = this.#timing;
    const isNews = row.known?.version !== state.version;
    // What was sent on other knowledge was not held against this position.
    if (isNews && state.pair !== null) {
      if (row.leaving !== null) row.leaving = { ...row.leaving, moves: true };
      row.movedMs = Math.max(row.movedMs, row.leaving === null ? row.leftMs : Number.POSITIVE_INFINITY);
    }
    row.known = state;
    if (state.pair !== null) {
      row.standing = 'MAYBE_OPEN';
      row.settled = isAtRest(state) && startedMs >= row.movedMs + settlesAfterMs;
      return;
    }
    row.settled = startedMs >= row.entryMs + settlesAfterMs;
    if (startedMs >= row.entryMs + clearsAfterMs) row.standing = 'FLAT_KNOWN';
  }

  #couldExit(pair: Pair | null, market: Tick['market'], nowMs: number): boolean {
    if (pair === null) return false;
    if (pair.state !== 'OPEN') return true;
    const { reason, stopSinceMs } = this.#strategy.exit(market, pair, nowMs, null);
    return reason !== null || stopSinceMs !== null;
  }

  #mark(row: Row, { entry, moves }: Leaving, atMs: number): void {
    if (entry) {
      row.entryMs = atMs;
      row.standing = 'MAYBE_OPEN';
      if (row.known?.pair == null) row.settled = false;
    }
    if (moves) {
      row.movedMs = atMs;
      row.settled = false;
    }
  }
}

/** An open position that only an exit of the strategy can move: no reason is kept, no loss stop waits. */
function isAtRest({ pair, stopSinceMs }: SymbolState): boolean {
  return pair?.state === 'OPEN' && pair.reason === null && stopSinceMs === null;
}

function newRow(symbol: string, nowMs: number): Row {
  return {
    symbol,
    mayEnter: true,
    standing: 'MAYBE_OPEN',
    known: null,
    settled: false,
    entryMs: nowMs,
    movedMs: nowMs,
    sentMs: Number.NEGATIVE_INFINITY,
    leftMs: Number.NEGATIVE_INFINITY,
    leaving: null,
  };
}

function doubt(row: Row, nowMs: number): void {
  row.standing = 'MAYBE_OPEN';
  row.settled = false;
  row.entryMs = Math.max(row.entryMs, nowMs);
  row.movedMs = Math.max(row.movedMs, nowMs);
}
