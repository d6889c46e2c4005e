import { createHistory } from '#adapters/store/sqlite/history.ts';
import { KpiBook, type KpiReport, type KpiValues } from '#core/kpi/index.ts';
import type { Command } from '../command.ts';
import { duration, percent, pnl, usdt } from '../format.ts';
import { table } from '../output.ts';
import { symbolOption } from '../symbols.ts';

export const command: Command = {
  name: 'kpi',
  summary: 'PnL, win rate, drawdown, duration and fees, in total and by symbol',
  options: [{ flags: '--symbol <symbol>', about: 'of one symbol' }],
  run(context) {
    const report = context.withStore((database) => {
      const symbol = symbolOption(context, database);
      const book = new KpiBook();
      for (const pair of createHistory(database).trades(symbol === undefined ? {} : { symbol })) book.add(pair);
      return book.report();
    });
    context.out.result(report, describe);
    return undefined;
  },
};

function describe({ total, symbols }: KpiReport): string {
  const rows: (KpiValues & { name: string })[] = Object.entries(symbols).map(
    ([name, values]) => ({ ...values, name }) as never,
  );
  rows.push({ ...total, name: 'total' } as never);
  return table(rows, [
    { title: '', value: (row) => row.name },
    { title: 'trades', align: 'right', value: (row) => String(row.trades ?? 0) },
    { title: 'PnL USDT', align: 'right', value: (row) => pnl(row.pnlUsdt) },
    { title: 'win rate', align: 'right', value: (row) => percent(row.winRate) },
    { title: 'drawdown USDT', align: 'right', value: (row) => usdt(row.maxDrawdownUsdt) },
    {
      title: 'held on average',
      align: 'right',
      value: (row) => duration(row.averageDurationSeconds && row.averageDurationSeconds * 1000),
    },
    { title: 'fees USDT', align: 'right', value: (row) => usdt(row.feesUsdt) },
  ]);
}
