import type { Alert } from '../alerts/types.ts';
import {
  continuePair,
  nakedAlert,
  type PairContext,
  planEntry,
  planExit,
  sendEntry,
  takeReport,
} from '../execution/pair.ts';
import { type ExitReason, FINAL_STATES, type Fill, type OrderReport, type Pair } from '../execution/types.ts';
import type { GuardChain } from '../guards/chain.ts';
import type { GuardContext } from '../guards/types.ts';
import { derivedId } from '../ids.ts';
import { fxFresh, quotesFresh } from '../market/freshness.ts';
import { isQuoted, type Market, type Tick } from '../market/market.ts';
import { decimal } from '../market/money.ts';
import { coinOf } from '../market/symbol.ts';
import {
  type BalanceChange,
  type Balances,
  type Exposure,
  type ExposureChange,
  exposureRoom,
} from '../portfolio/portfolio.ts';
import type { EntryWish } from '../strategy/types.ts';
import { decisionInputs } from './inputs.ts';
import type { Settings } from './settings.ts';
import type { ControlChange, ControlState, DecisionRecord, StepResult, SymbolState, Transition } from './state.ts';

/** An order that was answered by nobody for this long is asked for, ms. */
const ANSWER_OVERDUE_MS = 5000;

/** What a step may look at beside the symbol's own state; nothing in it changes during a step. */
export interface StepWorld {
  readonly settings: Settings;
  readonly chain: GuardChain;
  readonly control: ControlState;
  readonly exposure: Exposure;
  readonly balances: Balances;
  /** A clean stop is under way: pairs between states go on, nothing new begins. */
  readonly draining: boolean;
}

export type StepEvent =
  | { readonly kind: 'tick'; readonly tick: Tick }
  /** The planned entry was committed: let its orders leave. */
  | { readonly kind: 'proceed'; readonly atMs: number; readonly market: Market }
  | { readonly kind: 'report'; readonly report: OrderReport; readonly market: Market }
  | { readonly kind: 'second'; readonly atMs: number }
  /** The process starts: what was out before is asked for, what had not left goes on or expires. */
  | { readonly kind: 'resume'; readonly atMs: number };

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
    case 'resume':
      return onResume(state, event.atMs, world);
  }
}

function onTick(state: SymbolState, tick: Tick, world: StepWorld): StepResult {
  const { pair } = state;
  const { market } = tick;
  if (pair === null) {
    if (!isQuoted(market) || !world.settings.strategy.couldEnter(market)) return null;
    return onEntry(state, tick, world);
  }
  if (pair.state === 'OPEN') return onOpen(state, pair, tick, world);
  if (pair.pending.length > 0) return null;
  const next = continuePair(pair, pairContext(state, market, tick.receivedAtMs, world));
  return next === null ? null : pairTransition(state, next, world, tick.receivedAtMs);
}

function onEntry(state: SymbolState, tick: Tick, world: StepWorld): StepResult {
  const { settings, chain, control, exposure, balances, draining } = world;
  const { market, symbol } = tick;
  const rules = settings.rules.get(symbol)!;
  const headroom = () => ({
    symbolUsdt: settings.maxPositionUsdt,
    portfolioUsdt: {
      SELL_UPBIT: exposureRoom(exposure, settings.limits, 'SELL_UPBIT'),
      SELL_BINANCE: exposureRoom(exposure, settings.limits, 'SELL_BINANCE'),
    },
  });
  const wish = settings.strategy.entry({ market, rules, headroom });
  if (wish === null) return null;
  const context: GuardContext = {
    nowMs: tick.receivedAtMs,
    symbol,
    market,
    wish,
    cooldownUntilMs: state.cooldownUntilMs,
    control,
    draining,
    exposure,
    balances,
    settings,
  };
  const answer = chain.ask(context);
  if (answer.approved === null) return { kind: 'refusal', guard: answer.refusedBy, wish };
  const pair = planEntry(answer.approved, tick, rules, settings.execution.slippageAllowance);
  const decision: DecisionRecord = {
    id: pair.id,
    atMs: tick.receivedAtMs,
    symbol,
    decision: 'ENTER',
    code: wish.direction,
    netEdge: wish.netEdge,
    inputs: decisionInputs(market, tick.receivedAtMs, wish),
    guards: chain.explain(context),
    configVersion: settings.configVersion,
  };
  return {
    ...pairTransition(decidedOn(state, tick), pair, world, tick.receivedAtMs),
    decidedOnTick: true,
    requires: 'ACTIVE',
    exposure: { direction: pair.direction, usdt: pair.entryNotionalUsdt, positions: 1 },
    decision,
    send: [],
  };
}

/** A record of a refusal as it begins; the engine keeps count and writes its end. */
export function refusalRecord(
  state: SymbolState,
  tick: Tick,
  world: StepWorld,
  wish: EntryWish,
  code: string,
): DecisionRecord {
  const { settings, chain, control, exposure, balances, draining } = world;
  const { market, symbol, receivedAtMs: nowMs } = tick;
  const { cooldownUntilMs } = state;
  const context = { nowMs, symbol, market, wish, cooldownUntilMs, control, draining, exposure, balances, settings };
  return {
    id: `r${derivedId('refusal', symbol, tick.epoch, tick.seq, code)}`,
    atMs: nowMs,
    symbol,
    decision: 'REFUSED',
    code,
    netEdge: wish.netEdge,
    inputs: decisionInputs(market, nowMs, wish),
    guards: chain.explain(context),
    configVersion: settings.configVersion,
  };
}

function onOpen(state: SymbolState, pair: Pair, tick: Tick, world: StepWorld): StepResult {
  const { settings, control, draining } = world;
  const { market, receivedAtMs: nowMs } = tick;
  if (draining || !fxFresh(market, nowMs, settings.freshness) || !quotesFresh(market, nowMs, settings.freshness))
    return null;
  const answer = settings.strategy.exit(market, pair, nowMs, state.stopSinceMs);
  const shown = answer.displayed;
  let reason: ExitReason | null = null;
  if (control.flatten) reason = shown ? 'FLATTEN' : null;
  else if (control.tradingState !== 'HALTED')
    reason = pair.reason !== null ? (shown ? pair.reason : null) : answer.reason;
  if (reason === null) {
    if (answer.stopSinceMs === state.stopSinceMs) return null;
    return pairTransition({ ...state, stopSinceMs: answer.stopSinceMs }, pair, world, nowMs);
  }
  const rules = settings.rules.get(state.symbol)!;
  const closing = planExit(pair, reason, market, rules, settings.execution.slippageAllowance, nowMs);
  const decision: DecisionRecord = {
    id: `d${derivedId('exit', pair.id, closing.ordersMade)}`,
    atMs: nowMs,
    symbol: state.symbol,
    decision: 'EXIT',
    code: reason,
    netEdge: answer.closingEdge,
    inputs: {
      ...decisionInputs(market, nowMs, null),
      quantity: pair.openQuantity,
      pnlIfClosedUsdt: answer.closingPnlUsdt,
    },
    guards: [],
    configVersion: settings.configVersion,
  };
  return {
    ...pairTransition(decidedOn({ ...state, stopSinceMs: null }, tick), closing, world, nowMs),
    decidedOnTick: true,
    requires: reason === 'FLATTEN' ? null : 'NOT_HALTED',
    decision,
  };
}

function decidedOn(state: SymbolState, tick: Tick): SymbolState {
  return { ...state, epoch: tick.epoch, seq: tick.seq };
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
  if (!change.becameUnknown || world.control.tradingState !== 'ACTIVE') return transition;
  const control: ControlChange = {
    tradingState: 'REDUCE_ONLY',
    setBy: 'OUTCOME_UNKNOWN',
    reason: change.alerts[0]?.reason ?? 'the outcome of an order is unknown',
    flatten: world.control.flatten,
    atMs: report.atMs,
  };
  return { ...transition, control };
}

function onSecond(state: SymbolState, nowMs: number, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair === null) return null;
  const unknown = pair.pending.filter(
    (order) => order.status === 'unknown' || (order.status === 'sent' && nowMs - order.sentAtMs > ANSWER_OVERDUE_MS),
  );
  const naked = nakedAlert(pair, nowMs, world.settings.execution.maxNakedMs);
  if (naked !== null) {
    return { ...pairTransition(state, naked.pair, world, nowMs, [], [naked.alert]), query: unknown };
  }
  return unknown.length > 0 ? { kind: 'query', query: unknown } : null;
}

function onResume(state: SymbolState, nowMs: number, world: StepWorld): StepResult {
  const { pair } = state;
  if (pair === null) return null;
  if (pair.state === 'PLANNED') return onProceed(state, nowMs, world);
  return pair.pending.length > 0 ? { kind: 'query', query: pair.pending } : null;
}

function pairContext(state: SymbolState, market: Market, nowMs: number, world: StepWorld): PairContext {
  const { execution, rules } = world.settings;
  return { ...execution, market, nowMs, rules: rules.get(state.symbol)! };
}

/** The transition that carries a pair from the stored state to the next: exposure, cooldown and orders follow from it. */
function pairTransition(
  state: SymbolState,
  next: Pair,
  world: StepWorld,
  nowMs: number,
  fills: readonly Fill[] = [],
  alerts: readonly Alert[] = [],
): Transition {
  const before = state.pair;
  const ended = FINAL_STATES.has(next.state);
  return {
    kind: 'transition',
    next: {
      ...state,
      version: state.version + 1,
      pair: ended ? null : next,
      cooldownUntilMs: ended ? cooldownUntil(next, nowMs, world.settings) : state.cooldownUntilMs,
      stopSinceMs: ended ? null : state.stopSinceMs,
    },
    pair: next,
    decidedOnTick: false,
    requires: null,
    exposure: exposureChange(before, next, ended),
    balances: fills.flatMap((fill) => balanceChanges(state.symbol, fill)),
    fills,
    decision: null,
    alerts,
    control: null,
    send: next.pending.filter((order) => order.status === 'sent' && !before?.pending.some(({ id }) => id === order.id)),
    query: [],
  };
}

function cooldownUntil(pair: Pair, nowMs: number, { execution }: Settings): number {
  const from = pair.closedAtMs ?? nowMs;
  return from + (pair.reason === 'LOSS_STOP' ? execution.cooldownAfterStopMs : execution.cooldownMs);
}

function exposureChange(before: Pair | null, next: Pair, ended: boolean): ExposureChange | null {
  if (before === null) return null;
  const { direction } = next;
  if (ended) return { direction, usdt: decimal(before.entryNotionalUsdt).negated().toString(), positions: -1 };
  if (before.entryNotionalUsdt === next.entryNotionalUsdt) return null;
  return { direction, usdt: decimal(next.entryNotionalUsdt).minus(before.entryNotionalUsdt).toString(), positions: 0 };
}

function balanceChanges(symbol: string, fill: Fill): BalanceChange[] {
  const { venue } = fill;
  const signed = (text: string, sign: 1 | -1) => (sign === 1 ? decimal(text) : decimal(text).negated()).toString();
  const buys = fill.side === 'buy';
  return [
    { venue, asset: coinOf(symbol), quantity: signed(fill.quantity, buys ? 1 : -1) },
    { venue, asset: fill.currency, quantity: signed(fill.amount, buys ? -1 : 1) },
    { venue, asset: fill.feeAsset, quantity: signed(fill.fee, -1) },
  ];
}
