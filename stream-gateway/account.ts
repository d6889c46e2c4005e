import { AccountBooks } from '#adapters/wiring/account-books.ts';
import { EntryEdges } from '#adapters/wiring/entry-edges.ts';
import { PortfolioView } from '#adapters/wiring/portfolio-view.ts';
import { chainOf } from '#core/engine/chains.ts';
import { roomOf } from '#core/engine/headroom.ts';
import { INITIAL_CONTROL, initialSymbolState, type SymbolState } from '#core/engine/state.ts';
import type { StepWorld } from '#core/engine/world.ts';
import type { InterestFilter } from '#core/gateway/interest.ts';
import type { TickStream } from '#core/gateway/stream.ts';
import { NO_TALLY } from '#core/guards/tally.ts';
import type { KpiReport } from '#core/kpi/index.ts';
import { NO_EXPOSURE } from '#core/portfolio/portfolio.ts';
import type { PortfolioMarks, PortfolioReport } from '#core/portfolio/report.ts';
import type { InterestView } from '#core/ports/cloud-store.ts';
import type { SharedRecords } from '#core/ports/records.ts';

export interface AccountParts {
  readonly records: Pick<SharedRecords, 'load' | 'trades' | 'rolledUp' | 'marks'>;
  readonly stream: TickStream;
  readonly filter: Pick<InterestFilter, 'known'>;
  /** Told each entry that is found in the store, with its net edge as a ratio. */
  readonly entry: (symbol: string, netEdge: number) => void;
  readonly nowMs: number;
}

/** The account as those who trade on it have stored it, in the words in which a run tells of its own. */
export class Account {
  readonly books: AccountBooks;
  readonly #parts: AccountParts;
  readonly #edges: EntryEdges;
  #portfolio: PortfolioView;
  #view: InterestView | null = null;
  /** What the store had changed when the books were last read. */
  #booked: string | null = null;
  #isMarked = false;

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.#edges = new EntryEdges(parts.nowMs, parts.entry);
    this.books = new AccountBooks(parts.records, (closed) => this.#edges.pairs(closed));
    this.#portfolio = this.#viewFrom(null);
  }

  /** What the second's read showed. */
  take(view: InterestView): void {
    this.#view = view;
    this.#edges.pairs([...view.states.values()].flatMap(({ pair }) => pair ?? []));
  }

  get control() {
    return this.#view?.control ?? INITIAL_CONTROL;
  }

  get exposure() {
    return this.#view?.exposure ?? NO_EXPOSURE;
  }

  get tally() {
    return this.#view?.tally ?? NO_TALLY;
  }

  get settings() {
    return this.#parts.stream.settings;
  }

  get inventory() {
    return this.books.inventory;
  }

  /** In the order of the watched symbols, each as it was last read. */
  get states(): readonly SymbolState[] {
    const { filter } = this.#parts;
    return this.settings.watched.map((symbol, i) => filter.known(i) ?? initialSymbolState(symbol));
  }

  /** What a standing's guards look at. */
  get world(): StepWorld {
    const { control, exposure, tally, settings, inventory } = this;
    const { outside, joiner } = this.#parts.stream;
    return {
      settings,
      chain: chainOf(settings),
      control,
      exposure,
      room: roomOf(exposure, settings),
      balances: inventory.held,
      tally,
      outside,
      liveness: joiner.liveness,
      draining: false,
    };
  }

  portfolio(): PortfolioReport {
    return this.#portfolio.report();
  }

  marks(): PortfolioMarks {
    return this.#portfolio.marks();
  }

  kpi(portfolio: PortfolioReport): KpiReport {
    return this.books.kpi.report(portfolio);
  }

  /** Reads the books where anything was traded since. */
  async refresh(): Promise<void> {
    if (!this.#isMarked) {
      this.#portfolio = this.#viewFrom(await this.#parts.records.marks());
      this.#isMarked = true;
    }
    const standing = JSON.stringify([this.exposure, this.tally]);
    if (standing === this.#booked) return;
    await this.books.refresh();
    this.#booked = standing;
  }

  #viewFrom(marks: PortfolioMarks | null): PortfolioView {
    return new PortfolioView({ engine: this, joiner: this.#parts.stream.joiner }, marks);
  }
}
