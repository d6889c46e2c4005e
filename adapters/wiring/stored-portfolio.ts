import { markHoldings } from '#core/portfolio/holdings.ts';
import { type BalanceRow, proposeMoves } from '#core/portfolio/rebalance.ts';
import { type PortfolioMarks, type PortfolioReport, portfolioReport } from '#core/portfolio/report.ts';
import type { Records } from '#core/ports/records.ts';
import type { StoredState } from '#core/ports/store.ts';

export interface StoredPortfolio {
  readonly rows: readonly BalanceRow[];
  readonly report: PortfolioReport;
}

const NO_MARKS: Pick<PortfolioMarks, 'prices' | 'symbols' | 'capitalNeeded'> = {
  prices: {},
  symbols: [],
  capitalNeeded: { totalUsdt: 0, bySymbol: {} },
};

/** What a store holds, at the last prices and entry sizes that a run kept in it. */
export async function readPortfolio(records: Records): Promise<StoredPortfolio> {
  return await portfolioOf(records, await records.load());
}

/** The same of a state that has been read. */
export async function portfolioOf(
  records: Records,
  { balances, firstBalances, symbols }: StoredState,
): Promise<StoredPortfolio> {
  const marks = await records.marks();
  const { prices, symbols: traded, capitalNeeded } = marks ?? NO_MARKS;
  const sizes = marks?.sizes ?? null;
  const holdings = markHoldings(
    new Map(Object.entries(balances)),
    new Map(Object.entries(firstBalances)),
    new Map(Object.entries(prices)),
    sizes,
  );
  const open = symbols.flatMap(({ pair }) => pair ?? []);
  return { rows: proposeMoves(holdings, open, sizes), report: portfolioReport(holdings, traded, capitalNeeded) };
}
