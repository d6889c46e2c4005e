import type { Database } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import { pnlUsdt } from '#core/execution/ledger.ts';
import { sum } from '#core/market/money.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import { positionOf, tradeOf } from '#core/portfolio/trade.ts';

/** What a replay's store holds at the end. */
export function replayReport(database: Database, config: Config, portfolio: PortfolioReport | undefined) {
  const history = createHistory(database);
  const closed = history.trades();
  const guardTriggers: Record<string, number> = {};
  for (const { guard, count } of history.triggers()) guardTriggers[guard] = (guardTriggers[guard] ?? 0) + count;
  return {
    configVersion: configVersion(config),
    trades: closed.map(tradeOf),
    open: history.openPositions().map((pair) => positionOf(pair, null)),
    pnlUsdt: sum(closed.map((pair) => pnlUsdt(pair.fills))).toNumber(),
    kpi: createKpiTable(database).book().report(portfolio),
    guardTriggers,
  };
}
