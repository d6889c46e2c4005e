import type { Alert } from '../alerts/types.ts';
import type {
  ControlState,
  DecisionRecord,
  HoldChange,
  OperatorChange,
  SymbolState,
  Transition,
} from '../engine/state.ts';
import type { Tally } from '../guards/tally.ts';
import type { Exposure, ExposureCaps, FirstBalance, SeedBalance } from '../portfolio/portfolio.ts';

/** What a new position has to fit below; null means no limit. */
export interface EntryCaps extends ExposureCaps {
  readonly maxOpenPositions: number | null;
  /** Entries within a minute, over all symbols. */
  readonly maxEntriesPerMinute: number | null;
}

/** What the conditional write of a transition depends on. */
export interface CommitRequest {
  /** Number of this commit within its run, counted from 1: a replay finds the same conflict at the same place. */
  readonly ordinal: number;
  /** The symbol's version must still be this one. */
  readonly expectedVersion: number;
  /** The control's version must still be this one where the transition requires a trading state or changes it. */
  readonly controlVersion: number;
  /** A reservation must fit below these, and its entry within the minute's number of them (see `minuteIsFull`). */
  readonly caps: EntryCaps;
  readonly transition: Transition;
}

export type CommitResult =
  | { readonly ok: true; readonly exposure: Exposure; readonly tally: Tally; readonly control: ControlState | null }
  /** The operator or another part changed the trading state meanwhile. */
  | { readonly ok: false; readonly conflict: 'control'; readonly control: ControlState }
  /** Somebody else moved the symbol, or its last decision was made on a newer tick. */
  | { readonly ok: false; readonly conflict: 'state'; readonly state: SymbolState }
  /** The reservation would break a cap. */
  | { readonly ok: false; readonly conflict: 'headroom'; readonly exposure: Exposure }
  /** The minute already holds as many entries as it may. */
  | { readonly ok: false; readonly conflict: 'pace'; readonly tally: Tally };

/** A guard's hold that begins or ends, with what is kept of it: all of it, or nothing. */
export interface HoldRequest {
  /** Counted together with the commits. */
  readonly ordinal: number;
  /** The control's version must still be this one. */
  readonly controlVersion: number;
  readonly change: HoldChange;
  readonly decisions: readonly DecisionRecord[];
  readonly alerts: readonly Alert[];
}

/** The control as it is now; `ok` false where it had been changed meanwhile and nothing was written. */
export interface HoldResult {
  readonly ok: boolean;
  readonly control: ControlState;
}

/** All that the engine goes on from after a start. */
export interface StoredState {
  readonly control: ControlState;
  readonly symbols: readonly SymbolState[];
  readonly exposure: Exposure;
  readonly tally: Tally;
  /** `venue:asset` → quantity. */
  readonly balances: Readonly<Record<string, string>>;
  /** `venue:asset` → what it began with, as far as that was kept. */
  readonly firstBalances: Readonly<Record<string, FirstBalance>>;
}

/** Where decisions become facts. A failed condition is a value; a store that cannot be reached throws `StoreError`. */
export interface Store {
  load(): StoredState;
  /** One conditional transaction: all of the transition, or nothing. */
  commit(request: CommitRequest): CommitResult;
  /** Sets the first balances of assets that have none, and keeps them and their value; one that has is left as it is. */
  seedBalances(balances: readonly SeedBalance[]): void;
  /** Keeps records that no state depends on. */
  record(decisions: readonly DecisionRecord[], alerts: readonly Alert[]): void;
  control(): ControlState;
  /** Applies the operator's word to whatever the control is now. */
  changeControl(change: OperatorChange): ControlState;
  hold(request: HoldRequest): HoldResult;
  /** Writes the control as it is, version and all: for the replay of a recorded change. */
  putControl(control: ControlState): void;
}
