import type { Decimal } from '../market/money.ts';

/** What a figure needs of one closed position. */
export interface ClosedTrade {
  readonly pnlUsdt: Decimal;
  readonly feesUsdt: Decimal;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
}

/** One figure, kept trade by trade in constant time. One file each; `index.ts` lists them. */
export interface Kpi<State> {
  readonly name: string;
  readonly start: State;
  add(state: State, trade: ClosedTrade): State;
  /** Null where the figure has no meaning yet. */
  value(state: State): number | null;
}
