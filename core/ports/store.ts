import type { Alert } from '../alerts/types.ts';
import type { ControlChange, ControlState, DecisionRecord, SymbolState, Transition } from '../engine/state.ts';
import type { BalanceChange, Exposure, ExposureCaps } from '../portfolio/portfolio.ts';

/** What the conditional write of a transition depends on. */
export interface CommitRequest {
  /** Number of this commit within its run, counted from 1: a replay finds the same conflict at the same place. */
  readonly ordinal: number;
  /** The symbol's version must still be this one. */
  readonly expectedVersion: number;
  /** The control's version must still be this one where the transition names a trading state that it requires. */
  readonly controlVersion: number;
  /** A reservation must fit below these. */
  readonly caps: ExposureCaps & { readonly maxOpenPositions: number | null };
  readonly transition: Transition;
}

export type CommitResult =
  | { readonly ok: true; readonly exposure: Exposure; readonly control: ControlState | null }
  /** The operator or another part changed the trading state meanwhile. */
  | { readonly ok: false; readonly conflict: 'control'; readonly control: ControlState }
  /** Somebody else moved the symbol, or its last decision was made on a newer tick. */
  | { readonly ok: false; readonly conflict: 'state'; readonly state: SymbolState }
  /** The reservation would break a cap. */
  | { readonly ok: false; readonly conflict: 'headroom'; readonly exposure: Exposure };

/** All that the engine goes on from after a start. */
export interface StoredState {
  readonly control: ControlState;
  readonly symbols: readonly SymbolState[];
  readonly exposure: Exposure;
  /** `venue:asset` → quantity. */
  readonly balances: Readonly<Record<string, string>>;
}

/** Where decisions become facts. A failed condition is a value; a store that cannot be reached throws `StoreError`. */
export interface Store {
  load(): StoredState;
  /** One conditional transaction: all of the transition, or nothing. */
  commit(request: CommitRequest): CommitResult;
  /** Sets the first balances of assets that have none; one that has is left as it is. */
  seedBalances(balances: readonly BalanceChange[]): void;
  /** Keeps records that no state depends on. */
  record(decisions: readonly DecisionRecord[], alerts: readonly Alert[]): void;
  control(): ControlState;
  /** Applies a change to whatever the control is now. */
  changeControl(change: ControlChange): ControlState;
  /** Writes the control as it is, version and all: for the replay of a recorded change. */
  putControl(control: ControlState): void;
}
