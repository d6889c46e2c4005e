import { continuePair, planEntry, planExit } from '../execution/pair.ts';
import type { ExitReason, Pair } from '../execution/types.ts';
import { derivedId } from '../ids.ts';
import { fxFresh, quotesFresh } from '../market/freshness.ts';
import { isQuoted, type Tick } from '../market/market.ts';
import type { EntryWish } from '../strategy/types.ts';
import { guardContext } from './guard-context.ts';
import { decisionInputs } from './inputs.ts';
import { maxPositionOf } from './settings.ts';
import type { DecisionRecord, StepResult, SymbolState } from './state.ts';
import { pairContext, pairTransition } from './transition.ts';
import type { StepWorld } from './world.ts';

/** Judges one tick: an entry where the symbol is flat, an exit where it is open, the next try where legs differ. */
export function onTick(state: SymbolState, tick: Tick, world: StepWorld): StepResult {
  const { pair } = state;
  const { market } = tick;
  if (pair === null) {
    if (!isQuoted(market) || !world.settings.strategy.couldEnter(market)) return null;
    if (world.settings.draining.has(state.symbol)) return null;
    return onEntry(state, tick, world);
  }
  if (pair.state === 'OPEN') return onOpen(state, pair, tick, world);
  if (pair.pending.length > 0) return null;
  const next = continuePair(pair, pairContext(state, market, tick.receivedAtMs, world));
  return next === null ? null : pairTransition(state, next, world, tick.receivedAtMs);
}

function onEntry(state: SymbolState, tick: Tick, world: StepWorld): StepResult {
  const { settings, chain } = world;
  const { market, symbol } = tick;
  const rules = settings.rules.get(symbol)!;
  const wish = settings.strategy.entry({
    market,
    rules,
    headroom: { symbolUsdt: maxPositionOf(settings, symbol), portfolioUsdt: world.room },
  });
  if (wish === null) return null;
  const context = guardContext(state, market, tick.receivedAtMs, wish, world);
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
    tally: { kind: 'entry', atMs: tick.receivedAtMs },
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
  const { market, symbol, receivedAtMs: nowMs } = tick;
  return {
    id: `r${derivedId('refusal', symbol, tick.epoch, tick.seq, code)}`,
    atMs: nowMs,
    symbol,
    decision: 'REFUSED',
    code,
    netEdge: wish.netEdge,
    inputs: decisionInputs(market, nowMs, wish),
    guards: world.chain.explain(guardContext(state, market, nowMs, wish, world)),
    configVersion: world.settings.configVersion,
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
