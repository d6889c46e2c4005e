import { raise } from '../alerts/raise.ts';
import type { Alert } from '../alerts/types.ts';
import type { ApprovedEntry } from '../guards/chain.ts';
import { positionId } from '../ids.ts';
import type { TradingRules } from '../market/instrument.ts';
import { isQuoted, type Market, type Tick } from '../market/market.ts';
import { type Decimal, decimal } from '../market/money.ts';
import { buyVenue, oppositeDirection, otherVenue } from '../market/types.ts';
import { bookFill, imbalance, pnlUsdt } from './ledger.ts';
import { makeOrder } from './orders.ts';
import { balanceLegs, hedgedQuantity, type SettleContext } from './settle.ts';
import type { ExitReason, Fill, Order, OrderReport, Pair } from './types.ts';

export type PairContext = SettleContext & { readonly maxNakedMs: number };

/** Plans both legs of an approved entry; nothing leaves until the pair is committed and sent. */
export function planEntry(approved: ApprovedEntry, tick: Tick, rules: TradingRules, slippageAllowance: number): Pair {
  const { direction } = approved;
  const atMs = tick.receivedAtMs;
  const id = positionId(tick.symbol, tick.epoch, tick.seq, atMs, direction);
  const notional = decimal(approved.quantity).times(decimal(approved.entryPriceUsdt));
  const pair: Pair = {
    id,
    symbol: tick.symbol,
    direction,
    state: 'PLANNED',
    phase: 'entry',
    decidedQuantity: decimal(approved.quantity).toString(),
    openQuantity: 0,
    decidedAtMs: atMs,
    phaseDecidedAtMs: atMs,
    openedAtMs: null,
    closedAtMs: null,
    reason: null,
    entryPriceUsdt: decimal(approved.entryPriceUsdt).toString(),
    entryNotionalUsdt: notional.toString(),
    entryNotional: notional.toNumber(),
    seenEdgeUsdt: approved.netEdge * notional.toNumber(),
    flowUsdt: 0,
    pending: [],
    fills: [],
    dust: [],
    ordersMade: 0,
    chasesMade: 0,
    quantityBeforeExit: 0,
    nakedSinceMs: null,
    nakedMs: 0,
    nakedAlerts: 0,
  };
  return withLegs(pair, decimal(approved.quantity), 'planned', tick.market, rules, slippageAllowance, atMs);
}

/** Both legs of a phase for one quantity: buy on one venue, sell on the other. */
function withLegs(
  pair: Pair,
  quantity: Decimal,
  status: 'planned' | 'sent',
  market: Market,
  rules: TradingRules,
  slippageAllowance: number,
  atMs: number,
): Pair {
  const buysOn = buyVenue(pair.phase === 'entry' ? pair.direction : oppositeDirection(pair.direction));
  const orders = (['buy', 'sell'] as const).map((side, i) => {
    const venue = side === 'buy' ? buysOn : otherVenue(buysOn);
    const request = { venue, side, quantity, purpose: pair.phase, status, atMs } as const;
    return makeOrder(pair, pair.ordersMade + i, request, market, rules, slippageAllowance);
  });
  return { ...pair, pending: orders, ordersMade: pair.ordersMade + 2 };
}

/** Lets the planned entry orders leave, or ends the pair where they had to have left before now. */
export function sendEntry(pair: Pair, nowMs: number, entryExpiresMs: number, mayTrade: boolean): Pair {
  if (!mayTrade || nowMs - pair.decidedAtMs > entryExpiresMs) {
    return { ...pair, state: 'EXPIRED', pending: [], closedAtMs: nowMs };
  }
  const pending = pair.pending.map((order): Order => ({ ...order, status: 'sent', sentAtMs: nowMs }));
  return { ...pair, state: 'LEGS_SENT', pending };
}

/** Begins (or goes on with) the way out of an open pair for its whole open quantity. */
export function planExit(
  pair: Pair,
  reason: ExitReason,
  market: Market,
  rules: TradingRules,
  slippageAllowance: number,
  nowMs: number,
): Pair {
  const closing: Pair = {
    ...pair,
    state: 'CLOSING',
    phase: 'exit',
    reason,
    phaseDecidedAtMs: nowMs,
    // A reason that was kept stays kept, also where the next try fills nothing.
    quantityBeforeExit: pair.reason === null ? pair.openQuantity : pair.quantityBeforeExit,
    chasesMade: 0,
  };
  return withLegs(closing, decimal(pair.openQuantity), 'sent', market, rules, slippageAllowance, nowMs);
}

export interface PairChange {
  readonly pair: Pair;
  readonly fills: readonly Fill[];
  readonly alerts: readonly Alert[];
  /** The outcome of an order became unknown: nothing may be sent for it, and entries stop. */
  readonly becameUnknown: boolean;
}

/**
 * Takes a venue's final answer to an order into account. Null for an answer to an order that is not waited for: a
 * duplicate, or one that was answered before.
 */
export function takeReport(pair: Pair, report: OrderReport, context: PairContext): PairChange | null {
  const order = pair.pending.find((candidate) => candidate.id === report.orderId);
  if (order === undefined || report.kind === 'accepted') return null;
  if (report.kind === 'unknown') {
    if (order.status === 'unknown') return null;
    const pending = pair.pending.map((each): Order => (each === order ? { ...each, status: 'unknown' } : each));
    const reason = `${order.symbol} ${order.side} ${order.quantity} at ${order.venue}: ${report.reason}`;
    const alerts = [raise('OUTCOME_UNKNOWN', order.id, report.atMs, reason)];
    return { pair: { ...pair, pending }, fills: [], alerts, becameUnknown: true };
  }
  const alerts: Alert[] = [];
  let next: Pair = { ...pair, pending: pair.pending.filter((each) => each !== order) };
  const fills: Fill[] = [];
  if (report.kind === 'rejected') {
    const reason = `${order.symbol} ${order.side} ${order.quantity} at ${order.venue}: ${report.reason}`;
    alerts.push(raise('LEG_REJECTED', order.id, report.atMs, reason));
  } else if (report.kind === 'filled' && report.execution !== null) {
    const fill = bookFill(order, report.execution);
    fills.push(fill);
    next = { ...next, fills: [...next.fills, fill] };
    next = { ...next, flowUsdt: pnlUsdt(next.fills).toNumber() };
  }
  next = settle(next, context, order.purpose !== 'unwind');
  return { pair: trackNaked(next, context.nowMs), fills, alerts, becameUnknown: false };
}

/** Brings a pair without orders out to its next state: balanced legs rest, others are chased, unwound or wait. */
function settle(pair: Pair, context: SettleContext, mayUnwind: boolean): Pair {
  if (pair.pending.length > 0) return pair;
  const answer = balanceLegs(pair, context, mayUnwind);
  if (!answer.balanced) return answer.pair;
  return rest(answer.pair, context);
}

function rest(balanced: Pair, context: SettleContext): Pair {
  const { pair, quantity } = hedgedQuantity(balanced, context);
  if (quantity.isZero()) return ended(pair, context.nowMs);
  const openQuantity = quantity.toNumber();
  if (pair.phase === 'exit') {
    const closedSome = openQuantity < pair.quantityBeforeExit;
    return { ...pair, state: 'OPEN', openQuantity, reason: closedSome ? pair.reason : null };
  }
  const notional = quantity.times(decimal(pair.entryPriceUsdt));
  return {
    ...pair,
    state: 'OPEN',
    openQuantity,
    openedAtMs: lastFillAtMs(pair, 'unwind') ?? context.nowMs,
    entryNotionalUsdt: notional.toString(),
    entryNotional: notional.toNumber(),
  };
}

/** Nothing is left open: closed, unwound, or never begun. */
function ended(pair: Pair, nowMs: number): Pair {
  const base = { ...pair, openQuantity: 0 };
  if (pair.fills.length === 0) return { ...base, state: 'EXPIRED', closedAtMs: nowMs };
  const closedAtMs = lastFillAtMs(pair, null) ?? nowMs;
  const openedAtMs = pair.openedAtMs ?? pair.fills[0]!.atMs;
  if (pair.phase === 'exit') return { ...base, state: 'CLOSED', closedAtMs };
  return { ...base, state: 'UNWOUND', reason: 'UNWOUND', openedAtMs, closedAtMs };
}

/** Moment of the last fill, leaving out orders of one purpose (told by the id's letter). */
function lastFillAtMs(pair: Pair, without: 'unwind' | null): number | null {
  let last: number | null = null;
  for (const fill of pair.fills) {
    if (without !== null && /-\d+u.$/.test(fill.orderId)) continue;
    if (last === null || fill.atMs > last) last = fill.atMs;
  }
  return last;
}

/** Keeps the naked clock: from the first difference of the legs until they balance. */
function trackNaked(pair: Pair, nowMs: number): Pair {
  const naked = !imbalance(pair).isZero();
  if (naked === (pair.nakedSinceMs !== null)) return pair;
  if (naked) return { ...pair, nakedSinceMs: nowMs };
  return { ...pair, nakedSinceMs: null, nakedMs: pair.nakedMs + (nowMs - pair.nakedSinceMs!), nakedAlerts: 0 };
}

/** A tick for a pair that waits between states: tries again to balance its legs. Null where nothing changes. */
export function continuePair(pair: Pair, context: PairContext): Pair | null {
  if (pair.pending.length > 0 || !isQuoted(context.market)) return null;
  const next = trackNaked(settle(pair, context, true), context.nowMs);
  return next === pair || (next.state === pair.state && next.pending.length === 0) ? null : next;
}

/** The alert that a naked leg owes by now, or null; P1 past the limit, P0 past three times the limit. */
export function nakedAlert(pair: Pair, nowMs: number, maxNakedMs: number): { pair: Pair; alert: Alert } | null {
  if (pair.nakedSinceMs === null) return null;
  const elapsedMs = nowMs - pair.nakedSinceMs;
  const due = elapsedMs > 3 * maxNakedMs ? 2 : elapsedMs > maxNakedMs ? 1 : 0;
  if (due <= pair.nakedAlerts) return null;
  const code = due === 2 ? 'NAKED_LEG_CRITICAL' : 'NAKED_LEG';
  const reason = `${pair.symbol}: ${imbalance(pair).toString()} coins on one leg for ${elapsedMs} ms`;
  const alert = raise(code, `${pair.id}:${pair.nakedSinceMs}`, nowMs, reason);
  return { pair: { ...pair, nakedAlerts: due }, alert };
}
