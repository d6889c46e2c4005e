import type { KpiReport } from '#core/kpi/index.ts';
import { VENUES } from '#core/market/types.ts';
import { exposureView } from '#core/portfolio/exposure.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import type { AccountView, LongLived } from './gauges.ts';

/** Risk-adjusted results, exposure by what it lies in, and the inventory. */
export function setPortfolio(
  metrics: LongLived,
  symbols: readonly string[],
  { exposure: reserved, states, tally }: Pick<AccountView, 'exposure' | 'states' | 'tally'>,
  kpi: KpiReport,
  portfolio: PortfolioReport,
): void {
  const { total } = kpi;
  const value = (figure: number | null | undefined) => figure ?? Number.NaN;
  metrics.drawdown.set(Math.max(0, Number(tally.peakUsdt) - Number(tally.pnlUsdt)));
  metrics.maxDrawdown.set(value(total.maxDrawdownUsdt));
  metrics.sharpe.set(value(total.sharpe));
  metrics.sortino.set(value(total.sortino));
  metrics.calmar.set(value(total.calmar));
  metrics.captureRatio.set(value(total.captureRatio));
  metrics.oneLegRate.set(value(total.oneLegRate));
  metrics.nakedSeconds.set(value(total.nakedSeconds));
  metrics.fees.set(value(total.feesUsdt));
  const exposure = exposureView(reserved, states);
  // A symbol that is watched no more has none.
  metrics.exposureBySymbol.reset();
  metrics.runway.reset();
  for (const symbol of symbols) {
    metrics.slippage.set({ symbol }, kpi.symbols[symbol]?.slippageUsdt ?? 0);
    metrics.exposureBySymbol.set({ symbol }, exposure.bySymbol[symbol] ?? 0);
    metrics.runway.set({ symbol }, value(portfolio.runwayBySymbol[symbol]));
  }
  for (const venue of VENUES) {
    metrics.exposureByVenue.set({ venue }, exposure.byVenue[venue]);
    metrics.inventoryValue.set({ venue }, portfolio.valueByVenue[venue]);
  }
  for (const { coin, deltaUsdt } of portfolio.coinDelta) metrics.coinDelta.set({ asset: coin }, value(deltaUsdt));
  metrics.inventoryPnl.set(value(portfolio.inventoryPnlUsdt));
  metrics.capital.set(value(portfolio.firstValueUsdt));
  metrics.capitalNeeded.set(portfolio.capitalNeeded.totalUsdt);
  metrics.returnOnCapital.set(value(total.returnOnCapital));
}
