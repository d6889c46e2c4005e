import type { Alert } from '../alerts/types.ts';
import type { ControlState, DecisionRecord, OperatorChange, SymbolState } from '../engine/state.ts';
import type { Execution } from '../execution/types.ts';
import type { Tally } from '../guards/tally.ts';
import type { Exposure, SeedBalance } from '../portfolio/portfolio.ts';
import type { CommitRequest, CommitResult, HoldRequest, HoldResult, StoredState } from './store.ts';

/** All that a step of one symbol looks at, from one strongly consistent read. */
export interface SymbolView {
  readonly state: SymbolState;
  readonly control: ControlState;
  readonly exposure: Exposure;
  readonly tally: Tally;
  /** `venue:asset` → quantity, of the symbol's coin and both quote currencies; one without a balance yet is left out. */
  readonly balances: Readonly<Record<string, string>>;
  readonly epochs: Epochs;
}

/** What fences off those who work from something older. */
export interface Epochs {
  /** Of the newest gateway that took over: a decision on a tick of an older one is refused by the write itself. */
  readonly gateway: number;
  /** Grows with every configuration that is published. */
  readonly configuration: number;
}

/** What a gateway asks once a second, strongly consistent. */
export interface InterestView {
  /** One of every symbol asked for. */
  readonly states: ReadonlyMap<string, SymbolState>;
  readonly control: ControlState;
  readonly exposure: Exposure;
  readonly tally: Tally;
  readonly epochs: Epochs;
}

/** Who leads, and a sign of life that changes with every renewal. */
export interface LeaseRecord {
  /** Grows with every take-over, never with a renewal: the fencing token. */
  readonly epoch: number;
  readonly holder: string;
  /**
   * Grows with every renewal. Whoever sees it unchanged for the lease's length by its own clock may take over: no two
   * machines' clocks are compared.
   */
  readonly beat: number;
  readonly released: boolean;
}

/** The right to be the one who sends ticks. Each write is conditional on the record being as it was seen; null: it was not. */
export interface LeaseStore {
  read(): Promise<LeaseRecord | null>;
  /** Takes over from the record seen, with the next epoch; from then on older epochs' decisions are refused. */
  take(holder: string, seen: LeaseRecord | null): Promise<LeaseRecord | null>;
  renew(held: LeaseRecord): Promise<LeaseRecord | null>;
  release(held: LeaseRecord): Promise<LeaseRecord | null>;
}

/** What paper venues remember of the orders that reached them. */
export interface VenueOrders {
  get(orderId: string): Promise<{ readonly execution: Execution | null } | undefined>;
  /** Keeps the first answer; a later one changes nothing. @returns the one that is kept */
  keep(orderId: string, execution: Execution | null): Promise<Execution | null>;
}

/**
 * The store as many writers share it over a network: `Store` with promises. A failed condition is a value; a store that
 * cannot be reached, refuses or stays contended rejects with a TwinlegError (`STORE_…`, `AWS_…`), `retryable` where the
 * next event may try again.
 */
export interface CloudStore {
  load(): Promise<StoredState>;
  /** One strongly consistent read of what one symbol's step needs. */
  read(symbol: string): Promise<SymbolView>;
  /** One conditional transaction: all of the transition, or nothing; repeated within its time where others are in the way. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /** Sets the first balances of assets that have none, and keeps them and their value; one that has is left as it is. */
  seedBalances(balances: readonly SeedBalance[]): Promise<void>;
  /** Keeps records that no state depends on. */
  record(decisions: readonly DecisionRecord[], alerts: readonly Alert[]): Promise<void>;
  control(): Promise<ControlState>;
  /** Applies the operator's word to whatever the control is now. */
  changeControl(change: OperatorChange): Promise<ControlState>;
  hold(request: HoldRequest): Promise<HoldResult>;
  /** Writes the control as it is, version and all. */
  putControl(control: ControlState): Promise<void>;
  readInterest(symbols: readonly string[]): Promise<InterestView>;
  /** A configuration has been put in force: grows the configuration's epoch where its version is another. @returns the epoch */
  publishConfiguration(configVersion: string): Promise<number>;
  readonly lease: LeaseStore;
  readonly venueOrders: VenueOrders;
}
