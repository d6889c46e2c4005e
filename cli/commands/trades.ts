import { tradeOf } from '#core/portfolio/trade.ts';
import type { Command } from '../command.ts';
import { usageError } from '../context.ts';
import { fillsCsv, tradesCsv } from '../csv.ts';
import { number } from '../options.ts';
import { symbolOption } from '../symbols.ts';
import { tradeTable } from '../views.ts';

export const command: Command = {
  name: 'trades',
  summary: 'closed positions',
  options: [
    { flags: '--symbol <symbol>', about: 'of one symbol' },
    { flags: '--since <ms>', about: 'closed at this time or later, ms since the epoch', parse: number() },
    { flags: '--csv', about: 'as CSV for the accountant, one row a position with all its fills' },
    { flags: '--fills', about: 'with --csv: one row a fill' },
  ],
  async run(context) {
    const sinceMs = context.option<number>('since');
    const [asCsv, byFill] = [context.option('csv') === true, context.option('fills') === true];
    if (byFill && !asCsv) throw usageError('--fills says how rows of CSV are made', 'add --csv');
    if (asCsv && context.common.json)
      throw usageError('--csv and --json are two forms of the one answer', 'leave one out');
    const trades = await context.withRecords(async (records) => {
      const symbol = await symbolOption(context, records);
      const filter = { ...(symbol === undefined ? {} : { symbol }), ...(sinceMs === undefined ? {} : { sinceMs }) };
      return (await records.trades(filter)).map(tradeOf);
    });
    if (asCsv) context.out.write(byFill ? fillsCsv(trades) : tradesCsv(trades));
    else context.out.result(trades, (rows) => (rows.length === 0 ? 'no closed position yet' : tradeTable(rows)));
    return undefined;
  },
};
