import { feesUsdt, pnlAccountUsdt, pnlUsdt } from '../execution/ledger.ts';
import type { ExitReason, Fill, Pair, PairState } from '../execution/types.ts';
import { decimal } from '../market/money.ts';
import type { Direction, Side, VenueId } from '../market/types.ts';

/** A fill as users see it: numbers, times in ms, USDT amounts signed (negative for what is bought). */
export interface FillView {
  readonly venue: VenueId;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly amount: number;
  readonly currency: string;
  readonly fee: number;
  readonly feeAsset: string;
  readonly fxBid: number;
  readonly fxAsk: number;
  readonly amountUsdt: number;
  readonly feeUsdt: number;
  readonly atMs: number;
  readonly orderId: string;
}

interface PairView {
  readonly id: string;
  readonly symbol: string;
  readonly direction: Direction;
  readonly quantity: number;
  readonly decidedAtMs: number;
  readonly openedAtMs: number | null;
  readonly entryNotionalUsdt: number;
  readonly pnlUsdt: number;
  readonly pnlAccountUsdt: number;
  readonly fxPnlUsdt: number;
  readonly feesUsdt: number;
  readonly nakedMs: number;
  readonly dust: readonly { venue: VenueId; quantity: number; costUsdt: number }[];
  readonly fills: readonly FillView[];
}

/** A closed position. `fxPnlUsdt` is what the accounts show beyond the booked PnL: the won's own move. */
export interface Trade extends PairView {
  readonly closedAtMs: number;
  readonly reason: ExitReason;
}

/** An open position; `unrealisedPnlUsdt` is what closing now would add, null without usable quotes. */
export interface PositionView extends PairView {
  readonly state: PairState;
  readonly unrealisedPnlUsdt: number | null;
}

export function tradeOf(pair: Pair): Trade {
  return { ...pairView(pair), closedAtMs: pair.closedAtMs ?? pair.decidedAtMs, reason: pair.reason ?? 'UNWOUND' };
}

export function positionOf(pair: Pair, unrealisedPnlUsdt: number | null): PositionView {
  return { ...pairView(pair), state: pair.state, unrealisedPnlUsdt };
}

/** Whether a pair that has ended counts as a trade: an entry of which nothing was filled does not. */
export function isTrade(pair: Pair): boolean {
  return pair.state === 'CLOSED' || pair.state === 'UNWOUND';
}

function pairView(pair: Pair): PairView {
  const pnl = pnlUsdt(pair.fills);
  const account = pnlAccountUsdt(pair.fills);
  return {
    id: pair.id,
    symbol: pair.symbol,
    direction: pair.direction,
    quantity: entryQuantity(pair),
    decidedAtMs: pair.decidedAtMs,
    openedAtMs: pair.openedAtMs,
    entryNotionalUsdt: pair.entryNotional,
    pnlUsdt: pnl.toNumber(),
    pnlAccountUsdt: account.toNumber(),
    fxPnlUsdt: account.minus(pnl).toNumber(),
    feesUsdt: feesUsdt(pair.fills).toNumber(),
    nakedMs: pair.nakedMs,
    dust: pair.dust.map((dust) => ({ ...dust, quantity: Number(dust.quantity), costUsdt: Number(dust.costUsdt) })),
    fills: pair.fills.map(fillView),
  };
}

/** Coins that were hedged at entry: the notional at the entry price; the decided ones before it rested. */
function entryQuantity(pair: Pair): number {
  if (pair.openedAtMs === null || pair.state === 'UNWOUND') return Number(pair.decidedQuantity);
  return decimal(pair.entryNotionalUsdt).div(pair.entryPriceUsdt).toNumber();
}

function fillView(fill: Fill): FillView {
  return {
    venue: fill.venue,
    side: fill.side,
    quantity: Number(fill.quantity),
    price: Number(fill.price),
    amount: Number(fill.amount),
    currency: fill.currency,
    fee: Number(fill.fee),
    feeAsset: fill.feeAsset,
    fxBid: Number(fill.fxBid),
    fxAsk: Number(fill.fxAsk),
    amountUsdt: Number(fill.amountUsdt),
    feeUsdt: Number(fill.feeUsdt),
    atMs: fill.atMs,
    orderId: fill.orderId,
  };
}
