import type { Settings } from '#core/engine/settings.ts';
import type { Market } from '#core/market/market.ts';
import { capitalNeeded } from '#core/portfolio/capital.ts';
import { entrySizes, markHoldings } from '#core/portfolio/holdings.ts';
import type { Balances, FirstBalances } from '#core/portfolio/portfolio.ts';
import { bestPrices, type MarkPrices, markPrices } from '#core/portfolio/prices.ts';
import { type PortfolioMarks, type PortfolioReport, portfolioReport } from '#core/portfolio/report.ts';

/** What a portfolio is read from: a trading machine, or what a process knows of a store that others trade on. */
export interface PortfolioSource {
  readonly engine: {
    readonly settings: Settings;
    readonly states: readonly { readonly symbol: string }[];
    readonly inventory: { readonly held: Balances; readonly first: FirstBalances };
  };
  /** Markets in the order of the states. */
  readonly joiner: { readonly markets: readonly Market[] };
}

/** Reads a portfolio; a coin that is watched no more keeps its last price. */
export class PortfolioView {
  readonly #source: PortfolioSource;
  #prices: MarkPrices = new Map();

  /** @param before prices of an earlier run, until newer ones are seen */
  constructor(source: PortfolioSource, before: PortfolioMarks | null = null) {
    this.#source = source;
    if (before !== null) this.#prices = new Map(Object.entries(before.prices));
  }

  report(): PortfolioReport {
    const { engine, joiner } = this.#source;
    const { settings, inventory } = engine;
    const seen = engine.states.map(({ symbol }, i) => bestPrices(symbol, joiner.markets[i]!));
    this.#prices = markPrices(seen, this.#prices);
    const holdings = markHoldings(inventory.held, inventory.first, this.#prices, entrySizes(settings));
    return portfolioReport(holdings, settings.symbols, capitalNeeded(settings));
  }

  /** What the last report was made at. */
  marks(): PortfolioMarks {
    const { settings } = this.#source.engine;
    return {
      prices: Object.fromEntries(this.#prices),
      symbols: settings.symbols,
      sizes: entrySizes(settings),
      capitalNeeded: capitalNeeded(settings),
    };
  }
}
