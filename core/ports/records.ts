import type { Standing } from '../engine/standing.ts';
import type { ControlState, DecisionRecord, OperatorChange } from '../engine/state.ts';
import type { Pair } from '../execution/types.ts';
import type { KpiBook } from '../kpi/index.ts';
import type { PortfolioMarks } from '../portfolio/report.ts';
import type { StoredState } from './store.ts';

/** A published value that counts only until it expires. */
export interface Published<T> {
  readonly value: T;
  readonly expired: boolean;
}

export interface TradeFilter {
  readonly symbol?: string;
  /** Closed at this time or later, ms. */
  readonly sinceMs?: number;
}

/** How often a guard refused or held, on one symbol. */
export interface GuardTriggers {
  readonly symbol: string;
  readonly guard: string;
  readonly count: number;
}

/** Figures that a store holds ready. */
export interface RolledUp {
  /** Of all positions that closed before the horizon. */
  readonly book: KpiBook;
  readonly horizonMs: number;
}

/**
 * What people and reports ask of a store, wherever it is: nothing here changes a trade but the operator's word. A store that
 * is not there, or cannot be reached, rejects with a TwinlegError.
 */
export interface Records {
  readonly owner: { readonly mode: string; readonly source: string };
  load(): Promise<StoredState>;
  control(): Promise<ControlState>;
  changeControl(change: OperatorChange): Promise<ControlState>;
  /** Closed positions in order of their close. */
  trades(filter?: TradeFilter): Promise<Pair[]>;
  openPositions(): Promise<Pair[]>;
  /** The newest first. */
  decisions(symbol: string, last: number): Promise<DecisionRecord[]>;
  triggers(): Promise<readonly GuardTriggers[]>;
  /** What a run last published of itself. */
  status<T>(nowMs: number): Promise<Published<T> | null>;
  standing(symbol: string, nowMs: number): Promise<Published<Standing> | null>;
  /** What the inventory was valued at last; it stays when a run has ended. */
  marks(): Promise<PortfolioMarks | null>;
  kpis(): Promise<KpiBook>;
  /** Whether somebody trades on it now. */
  isInUse(nowMs: number): Promise<boolean>;
}

/** Records of a store that many write to: its figures are counted up now and then. */
export interface SharedRecords extends Records {
  rolledUp(): Promise<RolledUp>;
}
