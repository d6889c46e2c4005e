import type { Alert } from '../alerts/types.ts';
import type { Fill, Order, Pair } from '../execution/types.ts';
import { type Losses, NO_LOSSES } from '../guards/losses.ts';
import type { TallyChange } from '../guards/tally.ts';
import type { Guard, Verdict } from '../guards/types.ts';
import type { BalanceChange, ExposureChange } from '../portfolio/portfolio.ts';
import type { EntryWish } from '../strategy/types.ts';

/** `ACTIVE`; `REDUCE_ONLY`: no entries; `HALTED`: no entry and no strategy exit. */
export type TradingState = 'ACTIVE' | 'REDUCE_ONLY' | 'HALTED';

/** A guard's condition that holds entries back until it is gone. */
export interface Hold {
  readonly code: string;
  readonly reason: string;
  readonly sinceMs: number;
}

/** What the operator or a guard decided for all symbols. Stored; every commit is conditional on its version. */
export interface ControlState {
  readonly version: number;
  readonly tradingState: TradingState;
  /** `operator`, or the code of the first guard that holds; only that guard's own condition clears what it set. */
  readonly setBy: string;
  readonly reason: string;
  /** What the operator asked for last: in force once nothing stricter holds. */
  readonly operator: { readonly tradingState: TradingState; readonly reason: string };
  /** Guards whose condition holds now, in the order in which they began: each asks for REDUCE_ONLY. */
  readonly holding: readonly Hold[];
  /** Close every open position, in any trading state. */
  readonly flatten: boolean;
  readonly atMs: number;
}

export const INITIAL_CONTROL: ControlState = {
  version: 0,
  tradingState: 'ACTIVE',
  setBy: 'operator',
  reason: 'start',
  operator: { tradingState: 'ACTIVE', reason: 'start' },
  holding: [],
  flatten: false,
  atMs: 0,
};

/** The operator's word. */
export interface OperatorChange {
  readonly tradingState: TradingState;
  readonly reason: string;
  /** Close every open position. */
  readonly flatten: boolean;
  readonly atMs: number;
}

/** A guard's condition came or went. */
export interface HoldChange {
  readonly code: string;
  readonly holds: boolean;
  readonly reason: string;
  readonly atMs: number;
}

/** All that one symbol remembers across events, processes and crashes. */
export interface SymbolState {
  readonly symbol: string;
  /** Grows by one with every committed change. */
  readonly version: number;
  /** The tick that the last decision was made on; a later decision needs a newer one. */
  readonly epoch: number;
  readonly seq: number;
  readonly pair: Pair | null;
  readonly cooldownUntilMs: number | null;
  /** Since when a loss stop that must be confirmed holds. */
  readonly stopSinceMs: number | null;
  readonly losses: Losses;
}

export function initialSymbolState(symbol: string): SymbolState {
  const nothing = { pair: null, cooldownUntilMs: null, stopSinceMs: null, losses: NO_LOSSES };
  return { symbol, version: 0, epoch: 0, seq: 0, ...nothing };
}

/** A decision as it is kept: its inputs, what the guards said, and the configuration that it was made under. */
export interface DecisionRecord {
  readonly id: string;
  readonly atMs: number;
  readonly symbol: string;
  readonly decision: 'ENTER' | 'EXIT' | 'REFUSED' | 'REFUSAL_ENDED' | 'EXPIRED' | 'HELD' | 'RELEASED';
  /** Direction, exit reason or guard code. */
  readonly code: string;
  readonly netEdge: number | null;
  readonly inputs: Readonly<Record<string, number | string | null>>;
  readonly guards: readonly Verdict[];
  readonly configVersion: string;
}

/** A change of one symbol that has to be committed before its orders leave. */
export interface Transition {
  readonly kind: 'transition';
  readonly next: SymbolState;
  /** The pair as it is now, also where it has just ended and left the symbol's state. */
  readonly pair: Pair;
  /** Set on a decision made on a tick: the stored `(epoch, seq)` must be older. */
  readonly decidedOnTick: boolean;
  /** Trading state that the write itself asks for; null where none can hold it back. */
  readonly requires: 'ACTIVE' | 'NOT_HALTED' | null;
  readonly exposure: ExposureChange | null;
  readonly balances: readonly BalanceChange[];
  readonly fills: readonly Fill[];
  readonly decision: DecisionRecord | null;
  readonly alerts: readonly Alert[];
  /** What it adds to the account's results and entries. */
  readonly tally: TallyChange | null;
  readonly hold: HoldChange | null;
  /** Leave after the commit. */
  readonly send: readonly Order[];
  /** To be asked for at their venue after the commit. */
  readonly query: readonly Order[];
}

/** A wanted entry that a guard held back. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly guard: Guard;
  readonly wish: EntryWish;
}

/** Nothing to commit, but an order to ask for. */
export interface Query {
  readonly kind: 'query';
  readonly query: readonly Order[];
}

export type StepResult = Transition | Refusal | Query | null;
