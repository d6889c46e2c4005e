import type { Database } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import { type Holding, markHoldings } from '#core/portfolio/holdings.ts';
import { markPrices } from '#core/portfolio/prices.ts';
import { type BalanceRow, proposeMoves } from '#core/portfolio/rebalance.ts';
import { type PortfolioReport, portfolioReport } from '#core/portfolio/report.ts';

export interface StoredPortfolio {
  readonly rows: readonly BalanceRow[];
  readonly report: PortfolioReport;
}

/** What a store holds, at the last prices and entry sizes that a run published into it. */
export function readPortfolio(database: Database, nowMs: number): StoredPortfolio {
  const history = createHistory(database);
  const { balances, firstBalances, symbols } = createSqliteStore(database).load();
  const run = history.status<Partial<RunView>>(nowMs)?.value;
  const coins = new Set(Object.keys(balances).map((key) => key.split(':')[1] ?? ''));
  const standings = [...coins].flatMap((coin) => history.standing(`${coin}/USDT`, nowMs)?.value ?? []);
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
