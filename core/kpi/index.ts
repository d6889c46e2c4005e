import { feesUsdt, pnlUsdt } from '../execution/ledger.ts';
import type { Pair } from '../execution/types.ts';
import { maxDrawdown } from './drawdown.ts';
import { averageDuration } from './duration.ts';
import { fees } from './fees.ts';
import { pnl } from './pnl.ts';
import { trades } from './trades.ts';
import type { ClosedTrade, Kpi } from './types.ts';
import { winRate } from './win-rate.ts';

/** Every figure, in the order in which it is shown. */
const KPIS: readonly Kpi<unknown>[] = [
  erase(trades),
  erase(pnl),
  erase(winRate),
  erase(maxDrawdown),
  erase(averageDuration),
  erase(fees),
];

export type KpiValues = Readonly<Record<string, number | null>>;

export interface KpiReport {
  readonly total: KpiValues;
  readonly symbols: Readonly<Record<string, KpiValues>>;
}

/** Keeps every figure, in total and by symbol, as positions close. */
export class KpiBook {
  readonly #total = KPIS.map((kpi) => kpi.start);
  readonly #symbols = new Map<string, unknown[]>();

  add(pair: Pair): void {
    const trade: ClosedTrade = {
      pnlUsdt: pnlUsdt(pair.fills),
      feesUsdt: feesUsdt(pair.fills),
      openedAtMs: pair.openedAtMs ?? pair.decidedAtMs,
      closedAtMs: pair.closedAtMs ?? pair.decidedAtMs,
    };
    let states = this.#symbols.get(pair.symbol);
    if (states === undefined) {
      states = KPIS.map((kpi) => kpi.start);
      this.#symbols.set(pair.symbol, states);
    }
    addTo(this.#total, trade);
    addTo(states, trade);
  }

  total(): KpiValues {
    return values(this.#total);
  }

  report(): KpiReport {
    return {
      total: this.total(),
      symbols: Object.fromEntries([...this.#symbols].map(([symbol, states]) => [symbol, values(states)])),
    };
  }
}

function addTo(states: unknown[], trade: ClosedTrade): void {
  for (let i = 0; i < KPIS.length; i++) states[i] = KPIS[i]!.add(states[i], trade);
}

function values(states: readonly unknown[]): KpiValues {
  return Object.fromEntries(KPIS.map((kpi, i) => [kpi.name, kpi.value(states[i])]));
}

/** Forgets a figure's state type: the book pairs each state with its own figure by position. */
function erase<State>(kpi: Kpi<State>): Kpi<unknown> {
  return {
    name: kpi.name,
    start: kpi.start,
    add: (state, trade) => kpi.add(state as State, trade),
    value: (state) => kpi.value(state as State),
  };
}
