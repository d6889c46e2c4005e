import type { TradingMachine } from '#core/engine/machine.ts';
import { capitalNeeded } from '#core/portfolio/capital.ts';
import { entrySizes, markHoldings } from '#core/portfolio/holdings.ts';
import { bestPrices, type MarkPrices, markPrices } from '#core/portfolio/prices.ts';
import { type PortfolioReport, portfolioReport } from '#core/portfolio/report.ts';

/** Reads a machine's portfolio; a coin that is watched no more keeps its last price. */
export class PortfolioView {
  readonly #machine: TradingMachine;
  #marks: MarkPrices = new Map();

  constructor(machine: TradingMachine) {
    this.#machine = machine;
  }

  report(): PortfolioReport {
    const { engine, joiner } = this.#machine;
    const { settings, inventory } = engine;
    const seen = engine.states.map(({ symbol }, i) => bestPrices(symbol, joiner.markets[i]!));
    this.#marks = markPrices(seen, this.#marks);
    const holdings = markHoldings(inventory.held, inventory.first, this.#marks, entrySizes(settings));
    return portfolioReport(holdings, settings.symbols, capitalNeeded(settings));
  }
}
