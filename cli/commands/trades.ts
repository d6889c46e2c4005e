import { createHistory } from '#adapters/store/sqlite/history.ts';
import { tradeOf } from '#core/portfolio/trade.ts';
import type { Command } from '../command.ts';
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
    { flags: '--csv', about: 'as CSV, one row a position' },
    { flags: '--fills', about: 'with --csv: one row a fill' },
  ],
  run(context) {
    const sinceMs = context.option<number>('since');
    const trades = context.withStore((database) => {
      const symbol = symbolOption(context, database);
      return createHistory(database)
        .trades({ ...(symbol === undefined ? {} : { symbol }), ...(sinceMs === undefined ? {} : { sinceMs }) })
        .map(tradeOf);
    });
    if (context.option('csv')) context.out.write(context.option('fills') ? fillsCsv(trades) : tradesCsv(trades));
    else context.out.result(trades, (rows) => (rows.length === 0 ? 'no closed position yet' : tradeTable(rows)));
    return undefined;
  },
};
