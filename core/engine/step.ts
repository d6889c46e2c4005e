import { continuePair, nakedAlert, sendEntry, takeReport } from '../execution/pair.ts';
import type { OrderReport, Pair } from '../execution/types.ts';
import { derivedId } from '../ids.ts';
import type { Market, Tick } from '../market/market.ts';
import { isHolding, OUTCOME_UNKNOWN } from './control.ts';
import { onTick } from './on-tick.ts';
import type { DecisionRecord, StepResult, SymbolState } from './state.ts';
import { pairContext, pairTransition } from './transition.ts';
import type { StepWorld } from './world.ts';

/** An order that was answered by nobody for this long is asked for, ms. */
const ANSWER_OVERDUE_MS = 5000;

export type StepEvent =
  | { readonly kind: 'tick'; readonly tick: Tick }
  /** The planned entry was committed: let its orders leave. */
  | { readonly kind: 'proceed'; readonly atMs: number; readonly market: Market }
  | { readonly kind: 'report'; readonly report: OrderReport; readonly market: Market }
  | { readonly kind: 'second'; readonly atMs: number }
  /** A pair's own clock came due; the market is null where no fresh one could be had. */
  | { readonly kind: 'continue'; readonly atMs: number; readonly market: Market | null }
  /** The process starts: what was out before is asked for, what had not left goes on or expires. */
  | { readonly kind: 'resume'; readonly atMs: number };

/** When an event takes place, ms. */
export function momentOf(event: StepEvent): number {
  if (event.kind === 'tick') return event.tick.receivedAtMs;
  return event.kind === 'report' ? event.report.atMs : event.atMs;
}

/**
 * One step of one symbol: (state, event) → what has to be committed, or null where nothing changes. Pure; the same step
 * runs live, on paper, in the cloud and in a backtest.
 */
export function step(state: SymbolState, event: StepEvent, world: StepWorld): StepResult {
  switch (event.kind) {
    case 'tick':
      return onTick(state, event.tick, world);
    case 'proceed':
      return onProceed(state, event.atMs, world);
    case 'report':
      return onReport(state, event.report, event.market, world);
    case 'second':
      return onSecond(state, event.atMs, world);
    case 'continue':
      return onContinue(state, event.atMs, event.market, world);
    case 'resume':
      return onResume(state, event.atMs, world);
  }
}

function onProceed(state: SymbolState, nowMs: number, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair === null || pair.state !== 'PLANNED') return null;
  const mayTrade = world.control.tradingState === 'ACTIVE';
  const next = sendEntry(pair, nowMs, world.settings.execution.entryExpiresMs, mayTrade);
  const transition = pairTransition(state, next, world, nowMs);
  if (next.state === 'EXPIRED') {
    // Nothing left, so nothing is to cool down from.
    const decision = expiryRecord(
      pair,
      nowMs,
      mayTrade ? 'ENTRY_EXPIRED' : 'KILL_SWITCH',
      world.settings.configVersion,
    );
    return { ...transition, decision, next: { ...transition.next, cooldownUntilMs: state.cooldownUntilMs } };
  }
  return { ...transition, requires: 'ACTIVE', send: next.pending };
}

function expiryRecord(pair: Pair, atMs: number, code: string, configVersion: string): DecisionRecord {
  const id = `d${derivedId('expired', pair.id)}`;
  const inputs = { quantity: pair.decidedQuantity, decidedAtMs: pair.decidedAtMs };
  return { id, atMs, symbol: pair.symbol, decision: 'EXPIRED', code, netEdge: null, inputs, guards: [], configVersion };
}

function onReport(state: SymbolState, report: OrderReport, market: Market, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair === null) return null;
  if (report.kind === 'accepted') {
    const query = pair.pending.filter((order) => order.id === report.orderId);
    return query.length > 0 ? { kind: 'query', query } : null;
  }
  const change = takeReport(pair, report, pairContext(state, market, report.atMs, world));
  if (change === null) return null;
  const transition = pairTransition(state, change.pair, world, report.atMs, change.fills, change.alerts);
  if (!change.becameUnknown || isHolding(world.control, OUTCOME_UNKNOWN)) return transition;
  const reason = change.alerts[0]?.reason ?? 'the outcome of an order is unknown';
  return { ...transition, hold: { code: OUTCOME_UNKNOWN, holds: true, reason, atMs: report.atMs } };
}

function onSecond(state: SymbolState, nowMs: number, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair === null) return null;
  // The write that lets its orders leave has failed: it is tried again until the entry expires.
  if (pair.state === 'PLANNED') return onProceed(state, nowMs, world);
  const unknown = pair.pending.filter(
    (order) => order.status === 'unknown' || (order.status === 'sent' && nowMs - order.sentAtMs > ANSWER_OVERDUE_MS),
  );
  const naked = nakedAlert(pair, nowMs, world.settings.execution.maxNakedMs);
  if (naked !== null) {
    return { ...pairTransition(state, naked.pair, world, nowMs, [], [naked.alert]), query: unknown };
  }
  return unknown.length > 0 ? { kind: 'query', query: unknown } : null;
}

/** Balances legs where nothing is out, else asks for what is overdue and tells of what stands alone. */
function onContinue(state: SymbolState, nowMs: number, market: Market | null, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair !== null && market !== null && pair.pending.length === 0 && pair.state !== 'OPEN') {
    const next = continuePair(pair, pairContext(state, market, nowMs, world));
    if (next !== null) return pairTransition(state, next, world, nowMs);
  }
  return onSecond(state, nowMs, world);
}

function onResume(state: SymbolState, nowMs: number, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair === null) return null;
  if (pair.state === 'PLANNED') return onProceed(state, nowMs, world);
  return pair.pending.length > 0 ? { kind: 'query', query: pair.pending } : null;
}
