import type { Decimal } from '../market/money.ts';

/** What a figure needs of one closed position; amounts in USDT. */
export interface ClosedTrade {
  /** Exact; `pnl` is the same as a number. */
  readonly pnlUsdt: Decimal;
  readonly feesUsdt: Decimal;
  readonly pnl: number;
  readonly fees: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  readonly entryNotionalUsdt: number;
  /** What the entry was seen to be worth at its decision. */
  readonly seenEdgeUsdt: number;
  /** Cost of prices that were worse than decided; negative where they were better. */
  readonly slippageUsdt: number;
  /** What the rate's move since the first fill did to the won legs. */
  readonly fxEffectUsdt: number;
  readonly nakedMs: number;
  /** A leg had to be chased or unwound. */
  readonly oneLegged: boolean;
}

/** A state that survives as JSON, equal by value; a decimal comes back as its text. */
export type KpiState = number | string | Decimal | { readonly [name: string]: number | string | null };

/** One figure, kept trade by trade in constant time. One file each; `index.ts` lists them, docs/kpis.md defines them. */
export interface Kpi<State extends KpiState> {
  readonly name: string;
  readonly start: State;
  add(state: State, trade: ClosedTrade): State;
  /** Null where the figure has no meaning yet. */
  value(state: State, facts: CapitalFacts): number | null;
}

/** What no trade tells: the capital that all of them share, and what lies there for the next ones. Null where not known. */
export interface CapitalFacts {
  /** First balances at the prices of when they were given, all symbols' together. */
  readonly capitalUsdt: number | null;
  readonly runwayEntries: number | null;
}

export const NO_FACTS: CapitalFacts = { capitalUsdt: null, runwayEntries: null };
