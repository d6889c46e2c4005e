import type { TradingMachine } from '#core/engine/machine.ts';
import { capitalNeeded } from '#core/portfolio/capital.ts';
import { entrySizes, markHoldings } from '#core/portfolio/holdings.ts';
import { bestPrices, type MarkPrices, markPrices } from '#core/portfolio/prices.ts';
import { type PortfolioMarks, type PortfolioReport, portfolioReport } from '#core/portfolio/report.ts';

/** Reads a machine's portfolio; a coin that is watched no more keeps its last price. */
export class PortfolioView {
  readonly #machine: TradingMachine;
  #prices: MarkPrices = new Map();

  /** @param before prices of an earlier run, until newer ones are seen */
  constructor(machine: TradingMachine, before: PortfolioMarks | null = null) {
    this.#machine = machine;
    if (before !== null) this.#prices = new Map(Object.entries(before.prices));
  }

  report(): PortfolioReport {
    const { engine, joiner } = this.#machine;
    const { settings, inventory } = engine;
    const seen = engine.states.map(({ symbol }, i) => bestPrices(symbol, joiner.markets[i]!));
    this.#prices = markPrices(seen, this.#prices);
    const holdings = markHoldings(inventory.held, inventory.first, this.#prices, entrySizes(settings));
    return portfolioReport(holdings, settings.symbols, capitalNeeded(settings));
  }

  /** What the last report was made at. */
  marks(): PortfolioMarks {
    const { settings } = this.#machine.engine;
    return {
      prices: Object.fromEntries(this.#prices),
      symbols: settings.symbols,
      sizes: entrySizes(settings),
      capitalNeeded: capitalNeeded(settings),
    };
  }
}
