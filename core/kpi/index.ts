import { calmar } from './calmar.ts';
import { captureRatio } from './capture.ts';
import { coinGap } from './coin-gap.ts';
import { maxDrawdown } from './drawdown.ts';
import { averageDuration } from './duration.ts';
import { expectancy } from './expectancy.ts';
import { averageExposure } from './exposure.ts';
import { fees } from './fees.ts';
import { fxEffect } from './fx-effect.ts';
import { nakedSeconds } from './naked.ts';
import { oneLegRate } from './one-leg.ts';
import { pnl } from './pnl.ts';
import { profitFactor } from './profit-factor.ts';
import { sharpe } from './sharpe.ts';
import { slippage } from './slippage.ts';
import { sortino } from './sortino.ts';
import { trades } from './trades.ts';
import type { ClosedTrade, Kpi, KpiState } from './types.ts';
import { winRate } from './win-rate.ts';

/** Every figure, in the order in which it is shown. */
export const KPIS: readonly Kpi<KpiState>[] = [
  erase(trades),
  erase(pnl),
  erase(winRate),
  erase(maxDrawdown),
  erase(sharpe),
  erase(sortino),
  erase(calmar),
  erase(profitFactor),
  erase(expectancy),
  erase(averageDuration),
  erase(captureRatio),
  erase(coinGap),
  erase(fxEffect),
  erase(fees),
  erase(slippage),
  erase(oneLegRate),
  erase(nakedSeconds),
  erase(averageExposure),
];

export type KpiValues = Readonly<Record<string, number | null>>;

/** Each figure's state by its name: what is stored. */
export type KpiStates = Readonly<Record<string, KpiState>>;

export interface KpiReport {
  readonly total: KpiValues;
  readonly symbols: Readonly<Record<string, KpiValues>>;
}

/** The figures after one more closed position; one that is not known yet begins at its start. */
export function addTrade(states: KpiStates, trade: ClosedTrade): KpiStates {
  const next: Record<string, KpiState> = {};
  for (const kpi of KPIS) next[kpi.name] = kpi.add(states[kpi.name] ?? kpi.start, trade);
  return next;
}

export function kpiValues(states: KpiStates): KpiValues {
  return Object.fromEntries(KPIS.map((kpi) => [kpi.name, kpi.value(states[kpi.name] ?? kpi.start)]));
}

/** Keeps every figure, in total and by symbol, as positions close. */
export class KpiBook {
  #total: KpiStates = {};
  readonly #symbols = new Map<string, KpiStates>();

  /** Goes on from stored states. */
  restore(total: KpiStates, symbols: Iterable<readonly [string, KpiStates]>): void {
    this.#total = total;
    for (const [symbol, states] of symbols) this.#symbols.set(symbol, states);
  }

  add(symbol: string, trade: ClosedTrade): void {
    this.#total = addTrade(this.#total, trade);
    this.#symbols.set(symbol, addTrade(this.#symbols.get(symbol) ?? {}, trade));
  }

  get totalStates(): KpiStates {
    return this.#total;
  }

  get symbolStates(): ReadonlyMap<string, KpiStates> {
    return this.#symbols;
  }

  total(): KpiValues {
    return kpiValues(this.#total);
  }

  report(): KpiReport {
    return {
      total: this.total(),
      symbols: Object.fromEntries([...this.#symbols].map(([symbol, states]) => [symbol, kpiValues(states)])),
    };
  }
}

/** Forgets a figure's state type: each state is kept under its own figure's name. */
function erase<State extends KpiState>(kpi: Kpi<State>): Kpi<KpiState> {
  return {
    name: kpi.name,
    start: kpi.start,
    add: (state, trade) => kpi.add(state as State, trade),
    value: (state) => kpi.value(state as State),
  };
}
