import type { Direction, Side, VenueId } from '../market/types.ts';

/** Where a pair of legs stands; every transition is persisted before the order that it allows is sent. */
export type PairState = 'PLANNED' | 'LEGS_SENT' | 'OPEN' | 'CLOSING' | 'CLOSED' | 'UNWINDING' | 'UNWOUND' | 'EXPIRED';

/** Why a position was closed. */
export type ExitReason = 'CONVERGED' | 'LOSS_STOP' | 'TAKE_PROFIT' | 'TIME_STOP' | 'UNWOUND' | 'FLATTEN';

export type OrderPurpose = 'entry' | 'exit' | 'chase' | 'unwind';

/** Decimals are texts, so that state compares and serialises exactly. */
export interface Order {
  /** Client order id, derived from the position id; never used twice. */
  readonly id: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly venue: VenueId;
  readonly side: Side;
  readonly quantity: string;
  /** Limit of an immediate-or-cancel order, in the venue's quote currency. */
  readonly limitPrice: string;
  /** Average price of the walk that the order was made from, in the same currency. */
  readonly decidedPrice: string;
  readonly purpose: OrderPurpose;
  /** `planned` before its transition is persisted, `sent` after, `unknown` while nobody can say, `done` when answered. */
  readonly status: 'planned' | 'sent' | 'unknown' | 'done';
  readonly sentAtMs: number;
}

/** What one order traded at one moment (SPEC §7: one fill). */
export interface Fill {
  readonly orderId: string;
  readonly venue: VenueId;
  readonly side: Side;
  /** Coins. */
  readonly quantity: string;
  /** Volume-weighted price in `currency`. */
  readonly price: string;
  /** What its order was decided at; the difference is slippage. */
  readonly decidedPrice: string;
  /** Σ level price × quantity in `currency`, unrounded, unsigned. */
  readonly amount: string;
  readonly currency: 'USDT' | 'KRW';
  readonly fee: string;
  readonly feeAsset: string;
  /** Best bid and ask of KRW-USDT at the fill, won per USDT. */
  readonly fxBid: string;
  readonly fxAsk: string;
  /** Signed: negative for what is bought. Won is converted at the ask when received, at the bid when paid. */
  readonly amountUsdt: string;
  readonly feeUsdt: string;
  readonly atMs: number;
}

/** Coins below a lot or minimum that left the position and went to the inventory. */
export interface Dust {
  readonly venue: VenueId;
  /** Bought less sold. */
  readonly quantity: string;
  /** What was paid for it, in USDT at the average price of its venue's fills; negative where it was sold. */
  readonly costUsdt: string;
}

/** A pair of legs from the decision to the end: one position. */
export interface Pair {
  readonly id: string;
  readonly symbol: string;
  readonly direction: Direction;
  readonly state: PairState;
  /** Which pair of orders is under way or was last: the way in or the way out. */
  readonly phase: 'entry' | 'exit';
  /** What was decided at entry, in coins. */
  readonly decidedQuantity: string;
  /** The hedged quantity that is open now, in coins. */
  readonly openQuantity: number;
  readonly decidedAtMs: number;
  /** Moment of the decision that the present orders come from; entry orders expire from here. */
  readonly phaseDecidedAtMs: number;
  readonly openedAtMs: number | null;
  readonly closedAtMs: number | null;
  /** Why it is being closed or was closed; kept while an exit that was filled in part goes on. */
  readonly reason: ExitReason | null;
  /** Binance's best price on the side that was hit at the decision. */
  readonly entryPriceUsdt: string;
  /** Quantity × that price: the exposure, from commitment to close. */
  readonly entryNotionalUsdt: string;
  /** The same as a number, for the hot path. */
  readonly entryNotional: number;
  /** Net edge × notional at the decision: what the entry was seen to be worth. */
  readonly seenEdgeUsdt: number;
  /** Σ amountUsdt − feeUsdt of all fills, as a number for the hot path; the exact sum comes from the fills. */
  readonly flowUsdt: number;
  /** Orders that are planned, out or of unknown outcome. */
  readonly pending: readonly Order[];
  readonly fills: readonly Fill[];
  readonly dust: readonly Dust[];
  /** Orders made so far; the next order's number. */
  readonly ordersMade: number;
  readonly chasesMade: number;
  /** Coins open when the exit whose reason stands began; tells whether any of it was closed. */
  readonly quantityBeforeExit: number;
  readonly nakedSinceMs: number | null;
  readonly nakedMs: number;
  /** How far the naked leg was alerted: 0 not yet, 1 as P1, 2 as P0. */
  readonly nakedAlerts: 0 | 1 | 2;
}

/** What the venue said of an order. */
export type OrderReport =
  | { readonly kind: 'filled'; readonly orderId: string; readonly atMs: number; readonly execution: Execution | null }
  /** Taken, but the answer does not tell what it filled (Upbit): ask by identifier. */
  | { readonly kind: 'accepted'; readonly orderId: string; readonly atMs: number }
  | { readonly kind: 'rejected'; readonly orderId: string; readonly atMs: number; readonly reason: string }
  /** Asked for, and the venue never saw it: it did not leave in time, or was lost on its way. */
  | { readonly kind: 'unseen'; readonly orderId: string; readonly atMs: number }
  /** No answer or one that does not tell: may or may not have been executed. */
  | { readonly kind: 'unknown'; readonly orderId: string; readonly atMs: number; readonly reason: string };

/** The executed part of an order, in the venue's own currency; null where nothing was filled. */
export interface Execution {
  /** When it was traded; an answer may come later. */
  readonly atMs: number;
  readonly quantity: string;
  readonly amount: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly fxBid: string;
  readonly fxAsk: string;
}

export const FINAL_STATES: ReadonlySet<PairState> = new Set(['CLOSED', 'UNWOUND', 'EXPIRED']);

/** Whether orders of the pair are out or still have to be made before it rests: neither open nor ended. */
export function isBetweenStates(pair: Pair): boolean {
  return pair.state !== 'OPEN' && !FINAL_STATES.has(pair.state);
}
