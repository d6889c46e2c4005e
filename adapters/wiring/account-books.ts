import type { Pair } from '#core/execution/types.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import { KpiBook } from '#core/kpi/index.ts';
import { Inventory } from '#core/portfolio/inventory.ts';
import type { RolledUp, SharedRecords } from '#core/ports/records.ts';

/** Positions that close at once are written in any order: those of so long before the newest are looked at again, ms. */
const OVERLAP_MS = 60_000;
/** Before the first reading. */
const NO_FIGURES = new KpiBook();

type BookRecords = Pick<SharedRecords, 'load' | 'trades' | 'rolledUp'>;

/**
 * What has been earned and what is held, for a process that others trade beside: brought along from the store, beginning
 * with the figures that it holds ready.
 */
export class AccountBooks {
  readonly #records: BookRecords;
  readonly #closed: (pairs: readonly Pair[]) => void;
  /** When positions closed that may be read once more, by id, ms. */
  readonly #counted = new Map<string, number>();
  #newestMs = 0;
  #rolledUp: RolledUp | null = null;
  #inventory = new Inventory({}, {});

  /** @param closed told the positions that a reading found */
  constructor(records: BookRecords, closed: (pairs: readonly Pair[]) => void = () => {}) {
    this.#records = records;
    this.#closed = closed;
  }

  /** When the newest position closed, ms; null before the first. */
  get lastCloseMs(): number | null {
    return this.#newestMs === 0 ? null : this.#newestMs;
  }

  get inventory(): Pick<Inventory, 'held' | 'first'> {
    return this.#inventory;
  }

  get kpi(): KpiBook {
    return this.#rolledUp?.book ?? NO_FIGURES;
  }

  /** Reads what is held, and the positions that closed since. @throws TwinlegError what the store says */
  async refresh(): Promise<void> {
    this.#rolledUp ??= await this.#records.rolledUp();
    const { book, horizonMs } = this.#rolledUp;
    const sinceMs = Math.max(horizonMs, this.#newestMs - OVERLAP_MS);
    const [{ balances, firstBalances }, trades] = await Promise.all([
      this.#records.load(),
      this.#records.trades({ sinceMs }),
    ]);
    this.#inventory = new Inventory(balances, firstBalances);
    this.#closed(trades);
    for (const pair of trades) {
      if (this.#counted.has(pair.id)) continue;
      const trade = closedTrade(pair);
      book.add(pair.symbol, trade);
      this.#counted.set(pair.id, trade.closedAtMs);
      this.#newestMs = Math.max(this.#newestMs, trade.closedAtMs);
    }
    for (const [id, closedAtMs] of this.#counted)
      if (closedAtMs < this.#newestMs - 2 * OVERLAP_MS) this.#counted.delete(id);
  }
}
