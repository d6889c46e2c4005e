import type { RunView } from '#adapters/wiring/run-view.ts';
import { type Holding, markHoldings } from '#core/portfolio/holdings.ts';
import { markPrices } from '#core/portfolio/prices.ts';
import { type BalanceRow, proposeMoves } from '#core/portfolio/rebalance.ts';
import { type PortfolioReport, portfolioReport } from '#core/portfolio/report.ts';
import type { Records } from '#core/ports/records.ts';

export interface StoredPortfolio {
  readonly rows: readonly BalanceRow[];
  readonly report: PortfolioReport;
}

/** What a store holds, at the last prices and entry sizes that a run published into it. */
export async function readPortfolio(records: Records, nowMs: number): Promise<StoredPortfolio> {
  const { balances, firstBalances, symbols } = await records.load();
  const run = (await records.status<Partial<RunView>>(nowMs))?.value;
  const coins = new Set(Object.keys(balances).map((key) => key.split(':')[1] ?? ''));
  const found = await Promise.all([...coins].map((coin) => records.standing(`${coin}/USDT`, nowMs)));
  const standings = found.flatMap((standing) => standing?.value ?? []);
  const sizes = run?.entrySizes ?? null;
  const holdings: Holding[] = markHoldings(
    new Map(Object.entries(balances)),
    new Map(Object.entries(firstBalances)),
    markPrices(standings),
    sizes,
  );
  const open = symbols.flatMap(({ pair }) => pair ?? []);
  const capital = run?.portfolio?.capitalNeeded ?? { totalUsdt: 0, bySymbol: {} };
  return {
    rows: proposeMoves(holdings, open, sizes),
    report: portfolioReport(holdings, run?.symbolNames ?? [], capital),
  };
}
