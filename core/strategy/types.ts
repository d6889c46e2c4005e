import type { ExitReason, Pair } from '../execution/types.ts';
import type { TradingRules } from '../market/instrument.ts';
import type { Market } from '../market/market.ts';
import type { Exact } from '../market/money.ts';
import type { Direction } from '../market/types.ts';

/** Room that limits leave for one more position, in USDT of entry notional. */
export interface Headroom {
  /** Maximum position size × weight, less what the symbol already holds. */
  readonly symbolUsdt: Exact;
  /** Total, by direction: what is left of the portfolio's, the venues' and the direction's caps. */
  readonly portfolioUsdt: Readonly<Record<Direction, Exact>>;
}

/** The limit that left too little room for either venue's minimum order. */
export type SizeLimit = 'MAX_POSITION' | 'MAX_EXPOSURE';

/** An entry that a strategy wants. Money in USDT, prices in the venue's quote currency, edges as fractions. */
export interface EntryWish {
  readonly direction: Direction;
  readonly quantity: number;
  readonly grossEdge: number;
  readonly netEdge: number;
  readonly entryPriceUsdt: number;
  readonly entryNotionalUsdt: number;
  /** Set where a limit leaves no room: wanted, but cannot be sized; `quantity` is the size without that limit. */
  readonly limitedBy: SizeLimit | null;
}

export interface EntryInput {
  readonly market: Market;
  readonly rules: TradingRules;
  readonly headroom: Headroom;
}

/** A trading rule. Pure: its answer depends on its arguments alone. */
export interface Strategy {
  readonly name: string;
  /** Gross edge that an entry needs, a fraction. */
  readonly entryEdge: number;
  /** Whether `entry` could want anything; cheap, allocates nothing, never false where `entry` would answer. */
  couldEnter(market: Market): boolean;
  entry(input: EntryInput): EntryWish | null;
  /** Why to close now, or null to hold. */
  exit(market: Market, pair: Pair, nowMs: number, stopSinceMs: number | null): ExitAnswer;
}

export interface ExitAnswer {
  readonly reason: ExitReason | null;
  /** Since when a loss stop that has to be confirmed holds; null where it does not. */
  readonly stopSinceMs: number | null;
  /** Whether both sides display the open quantity; without it nothing can be closed on this tick. */
  readonly displayed: boolean;
  /** PnL of the position if it were closed now, USDT, all fees counted; NaN where a side displays too little. */
  readonly closingPnlUsdt: number;
  /** Gross edge of the closing direction, a fraction. */
  readonly closingEdge: number;
}
