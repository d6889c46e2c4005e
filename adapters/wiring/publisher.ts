import type { TradingMachine } from '#core/engine/machine.ts';
import { standingOf } from '#core/engine/standing.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';
import type { RunStore } from './run-store.ts';

/** Symbols published at a time, so that a long list never holds the loop up. */
const SLICE = 16;

/** Publishes the run's state into its store at the store's pace, where the commands of other processes find it. */
export class Publisher {
  readonly #stored: Pick<RunStore, 'history' | 'pace'>;
  readonly #machine: TradingMachine;
  #next = 0;
  #statusAtMs = Number.NEGATIVE_INFINITY;
  #marksAtMs = Number.NEGATIVE_INFINITY;
  readonly #standingAtMs = new Map<string, number>();

  constructor(stored: Pick<RunStore, 'history' | 'pace'>, machine: TradingMachine) {
    this.#stored = stored;
    this.#machine = machine;
  }

  /**
   * The run's status, where it is due, and what its inventory is valued at.
   *
   * @param atOnce whatever the pace is
   * @returns whether it was due
   */
  status(status: () => object, marks: () => PortfolioMarks, nowMs: number, atOnce: boolean): boolean {
    const { history, pace } = this.#stored;
    const hasMarks = this.#machine.engine.inventory.held.size > 0;
    if (hasMarks && (atOnce || nowMs - this.#marksAtMs >= pace.marksMs)) {
      history.keepMarks(marks());
      this.#marksAtMs = nowMs;
    }
    if (!atOnce && nowMs - this.#statusAtMs < pace.statusMs) return false;
    history.publishStatus(status(), nowMs, pace.statusTtlMs);
    this.#statusAtMs = nowMs;
    return true;
  }

  /** The next few symbols' standings; called often enough, each symbol comes round when it is due. */
  standings(nowMs: number): void {
    const { engine, joiner } = this.#machine;
    const { history, pace } = this.#stored;
    const count = Math.min(SLICE, engine.states.length);
    for (let i = 0; i < count; i++) {
      const index = this.#next++ % engine.states.length;
      const state = engine.states[index]!;
      if (nowMs - (this.#standingAtMs.get(state.symbol) ?? Number.NEGATIVE_INFINITY) < pace.standingMs) continue;
      this.#standingAtMs.set(state.symbol, nowMs);
      const standing = standingOf(state, joiner.markets[index]!, engine.world, nowMs);
      history.publishStanding(standing, nowMs, pace.standingTtlMs);
    }
  }
}
