import { createHistory } from '#adapters/store/sqlite/history.ts';
import { type PositionView, positionOf } from '#core/portfolio/trade.ts';
import type { Command } from '../command.ts';
import { duration, moment, pnl, quantity, state, usdt } from '../format.ts';
import { table } from '../output.ts';

export const command: Command = {
  name: 'positions',
  summary: 'open positions',
  run(context) {
    const positions = context.withStore((database) => {
      const history = createHistory(database);
      return history.openPositions().map((pair) => {
        const standing = history.standing(pair.symbol, Date.now());
        return positionOf(pair, standing === null || standing.expired ? null : standing.value.unrealisedPnlUsdt);
      });
    });
    context.out.result(positions, (rows) => (rows.length === 0 ? 'no open position' : positionTable(rows)));
    return undefined;
  },
};

function positionTable(rows: readonly PositionView[]): string {
  return table(rows, [
    { title: 'symbol', value: (row) => row.symbol },
    { title: 'direction', value: (row) => row.direction },
    { title: 'state', value: (row) => state(row.state) },
    { title: 'quantity', align: 'right', value: (row) => quantity(row.quantity) },
    { title: 'notional USDT', align: 'right', value: (row) => usdt(row.entryNotionalUsdt) },
    { title: 'closing now USDT', align: 'right', value: (row) => pnl(row.unrealisedPnlUsdt) },
    { title: 'opened', value: (row) => moment(row.openedAtMs) },
    { title: 'held', align: 'right', value: (row) => duration(row.openedAtMs && Date.now() - row.openedAtMs) },
    { title: 'id', value: (row) => row.id },
  ]);
}
