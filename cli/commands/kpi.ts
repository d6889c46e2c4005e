import { readPortfolio } from '#adapters/wiring/stored-portfolio.ts';
import { capitalFacts, type KpiReport, type KpiValues, kpiValues, statesOf } from '#core/kpi/index.ts';
import type { Command } from '../command.ts';
import { bps, duration, percent, pnl, usdt } from '../format.ts';
import { table } from '../output.ts';
import { symbolOption } from '../symbols.ts';

export const command: Command = {
  name: 'kpi',
  summary: 'PnL, risk-adjusted returns, costs and execution, in total and by symbol',
  options: [{ flags: '--symbol <symbol>', about: 'of one symbol' }],
  async run(context) {
    const report = await context.withRecords(async (records): Promise<KpiReport> => {
      const symbol = await symbolOption(context, records);
      const portfolio = (await readPortfolio(records)).report;
      const all = (await records.kpis()).report(portfolio);
      if (symbol === undefined) return all;
      const values = all.symbols[symbol] ?? kpiValues(statesOf({}), capitalFacts(portfolio, symbol));
      return { ...all, total: values, symbols: { [symbol]: values } };
    });
    context.out.result(report, describe);
    return undefined;
  },
};

type Row = readonly [name: string, values: KpiValues];

function describe({ total, symbols }: KpiReport): string {
  const rows: Row[] = [...Object.entries(symbols), ['total', total]];
  const column = (title: string, show: (values: KpiValues) => string) => ({
    title,
    align: 'right' as const,
    value: ([, values]: Row) => show(values),
  });
  const name = { title: '', value: ([title]: Row) => title };
  const results = table(rows, [
    name,
    column('trades', ({ trades }) => String(trades ?? 0)),
    column('PnL USDT', ({ pnlUsdt }) => pnl(pnlUsdt)),
    column('win rate', ({ winRate }) => percent(winRate)),
    column('expectancy', ({ expectancyUsdt }) => pnl(expectancyUsdt)),
    column('drawdown', ({ maxDrawdownUsdt }) => usdt(maxDrawdownUsdt)),
    column('Sharpe', ({ sharpe }) => ratio(sharpe)),
    column('Sortino', ({ sortino }) => ratio(sortino)),
    column('Calmar', ({ calmar }) => ratio(calmar)),
    column('profit factor', ({ profitFactor }) => ratio(profitFactor)),
    column('held', ({ averageDurationSeconds: held }) => duration(held == null ? null : held * 1000)),
  ]);
  const sources = table(rows, [
    name,
    column('coin gap', ({ coinGapPnlUsdt }) => pnl(coinGapPnlUsdt)),
    column('FX', ({ fxEffectUsdt }) => pnl(fxEffectUsdt)),
    column('− fees', ({ feesUsdt }) => usdt(feesUsdt)),
    column('− slippage', ({ slippageUsdt }) => usdt(slippageUsdt)),
    column('captured', ({ captureRatio }) => percent(captureRatio)),
    column('one-legged', ({ oneLegRate }) => percent(oneLegRate)),
    column('naked', ({ nakedSeconds }) => duration((nakedSeconds ?? 0) * 1000)),
    column('exposure on average', ({ averageExposureUsdt }) => usdt(averageExposureUsdt)),
    column('on capital, bp', ({ returnOnCapital }) => bps(returnOnCapital)),
    column('entries left', ({ runwayEntries }) => ratio(runwayEntries)),
  ]);
  return `${results}\n\nwhere the PnL came from, USDT\n${sources}`;
}

function ratio(value: number | null | undefined): string {
  return value == null ? '–' : value.toFixed(2);
}
