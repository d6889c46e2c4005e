import type { PortfolioReport } from '../portfolio/report.ts';
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
import { returnOnCapital } from './return-on-capital.ts';
import { runwayEntries } from './runway.ts';
import { sharpe } from './sharpe.ts';
import { slippage } from './slippage.ts';
import { sortino } from './sortino.ts';
import { trades } from './trades.ts';
import { type CapitalFacts, type ClosedTrade, type Kpi, type KpiState, NO_FACTS } from './types.ts';
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
  erase(returnOnCapital),
  erase(runwayEntries),
];

export type KpiValues = Readonly<Record<string, number | null>>;

/** The state of each figure of KPIS, by position. */
export type KpiStates = KpiState[];

/** The same by name: what is stored. */
export type NamedStates = Readonly<Record<string, KpiState>>;

/** The states of a whole book by name. */
export interface NamedBook {
  readonly total: NamedStates;
  readonly symbols: Readonly<Record<string, NamedStates>>;
}

export interface KpiReport {
  readonly total: KpiValues;
  readonly symbols: Readonly<Record<string, KpiValues>>;
}

/** One that is not known yet, or is new, begins at its start. */
export function statesOf(named: NamedStates): KpiStates {
  return KPIS.map(({ name, start }) => named[name] ?? start);
}

export function namedStates(states: Readonly<KpiStates>): NamedStates {
  return Object.fromEntries(KPIS.map(({ name }, i) => [name, states[i]!]));
}

/** Counts one more closed position in every figure, in place. */
export function addTrade(states: KpiStates, trade: ClosedTrade): void {
  for (let i = 0; i < KPIS.length; i++) states[i] = KPIS[i]!.add(states[i]!, trade);
}

export function kpiValues(states: Readonly<KpiStates>, facts: CapitalFacts = NO_FACTS): KpiValues {
  return Object.fromEntries(KPIS.map((kpi, i) => [kpi.name, kpi.value(states[i]!, facts)]));
}

/** What the figures ask of the portfolio. */
export type KpiPortfolio = Pick<PortfolioReport, 'firstValueUsdt' | 'runwayEntries' | 'runwayBySymbol'>;

const NO_PORTFOLIO: KpiPortfolio = { firstValueUsdt: null, runwayEntries: null, runwayBySymbol: {} };

/** @param symbol null for all together */
export function capitalFacts(portfolio: KpiPortfolio, symbol: string | null): CapitalFacts {
  const { firstValueUsdt, runwayEntries, runwayBySymbol } = portfolio;
  return {
    capitalUsdt: firstValueUsdt,
    runwayEntries: symbol === null ? runwayEntries : (runwayBySymbol[symbol] ?? null),
  };
}

/** Keeps every figure, in total and by symbol, as positions close. */
export class KpiBook {
  #total: KpiStates = statesOf({});
  readonly #symbols = new Map<string, KpiStates>();

  /** Goes on from stored states. */
  restore(total: NamedStates, symbols: Iterable<readonly [string, NamedStates]>): void {
    this.#total = statesOf(total);
    for (const [symbol, states] of symbols) this.#symbols.set(symbol, statesOf(states));
  }

  add(symbol: string, trade: ClosedTrade): void {
    let states = this.#symbols.get(symbol);
    if (states === undefined) {
      states = statesOf({});
      this.#symbols.set(symbol, states);
    }
    addTrade(this.#total, trade);
    addTrade(states, trade);
  }

  /** What `restore` takes. */
  named(): NamedBook {
    const symbols = [...this.#symbols].map(([symbol, states]) => [symbol, namedStates(states)] as const);
    return { total: namedStates(this.#total), symbols: Object.fromEntries(symbols) };
  }

  get totalStates(): Readonly<KpiStates> {
    return this.#total;
  }

  get symbolStates(): ReadonlyMap<string, Readonly<KpiStates>> {
    return this.#symbols;
  }

  total(): KpiValues {
    return kpiValues(this.#total);
  }

  report(portfolio: KpiPortfolio = NO_PORTFOLIO): KpiReport {
    return {
      total: kpiValues(this.#total, capitalFacts(portfolio, null)),
      symbols: Object.fromEntries(
        [...this.#symbols].map(([symbol, states]) => [symbol, kpiValues(states, capitalFacts(portfolio, symbol))]),
      ),
    };
  }
}

/** Forgets a figure's state type: each state is kept at its own figure's place. */
function erase<State extends KpiState>(kpi: Kpi<State>): Kpi<KpiState> {
  return kpi as unknown as Kpi<KpiState>;
}
