import type { History } from '#adapters/store/sqlite/history.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { standingOf } from '#core/engine/standing.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';

/** What was published counts for this long, ms. */
const TTL_MS = 5000;
/** Symbols published at a time, so that a long list never holds the loop up. */
const SLICE = 16;

/** Publishes the run's state into its store, where the commands of other processes find it. */
export class Publisher {
  readonly #history: History;
  readonly #machine: TradingMachine;
  #next = 0;

  constructor(history: History, machine: TradingMachine) {
    this.#history = history;
    this.#machine = machine;
  }

  status(status: object, marks: PortfolioMarks, nowMs: number): void {
    this.#history.publishStatus(status, nowMs, TTL_MS);
    if (this.#machine.engine.inventory.held.size > 0) this.#history.keepMarks(marks);
  }

  /** The next few symbols' standings; called often enough, each symbol comes round about once a second. */
  standings(nowMs: number): void {
    const { engine, joiner } = this.#machine;
    const count = Math.min(SLICE, engine.states.length);
    for (let i = 0; i < count; i++) {
      const index = this.#next++ % engine.states.length;
      const standing = standingOf(engine.states[index]!, joiner.markets[index]!, engine.world, nowMs);
      this.#history.publishStanding(standing, nowMs, TTL_MS);
    }
  }
}
