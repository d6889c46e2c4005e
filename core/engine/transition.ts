import type { Alert } from '../alerts/types.ts';
import type { PairContext } from '../execution/pair.ts';
import { FINAL_STATES, type Fill, type Pair } from '../execution/types.ts';
import { dayOf } from '../guards/day.ts';
import { addToLosses, countedPnlUsdt } from '../guards/losses.ts';
import type { Market } from '../market/market.ts';
import { decimal } from '../market/money.ts';
import { coinOf } from '../market/symbol.ts';
import type { BalanceChange, ExposureChange } from '../portfolio/portfolio.ts';
import { isTrade } from '../portfolio/trade.ts';
import type { Settings } from './settings.ts';
import type { SymbolState, Transition } from './state.ts';
import type { StepWorld } from './world.ts';

/** What the pair machine needs of the world at a moment. */
export function pairContext(state: SymbolState, market: Market, nowMs: number, world: StepWorld): PairContext {
  const { execution, rules } = world.settings;
  return { ...execution, market, nowMs, rules: rules.get(state.symbol)! };
}

/** The transition that carries a pair from the stored state to the next: exposure, cooldown and orders follow from it. */
export function pairTransition(
  state: SymbolState,
  next: Pair,
  world: StepWorld,
  nowMs: number,
  fills: readonly Fill[] = [],
  alerts: readonly Alert[] = [],
): Transition {
  const before = state.pair;
  const ended = FINAL_STATES.has(next.state);
  const counted = ended && isTrade(next) ? countedPnlUsdt(next) : null;
  const endedAtMs = next.closedAtMs ?? nowMs;
  const day = dayOf(endedAtMs, world.settings.rolloverHour);
  return {
    kind: 'transition',
    next: {
      ...state,
      version: state.version + 1,
      pair: ended ? null : next,
      cooldownUntilMs: ended ? cooldownUntil(next, nowMs, world.settings) : state.cooldownUntilMs,
      stopSinceMs: ended ? null : state.stopSinceMs,
      losses:
        counted === null ? state.losses : addToLosses(state.losses, endedAtMs, day, counted, world.settings.pauseRule),
    },
    pair: next,
    decidedOnTick: false,
    requires: null,
    exposure: exposureChange(before, next, ended),
    balances: fills.flatMap((fill) => balanceChanges(state.symbol, fill)),
    fills,
    decision: null,
    alerts,
    tally: counted === null ? null : { kind: 'result', day, pnlUsdt: counted.toString() },
    hold: null,
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
