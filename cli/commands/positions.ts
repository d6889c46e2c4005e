import { type PositionView, positionOf } from '#core/portfolio/trade.ts';
import type { Command } from '../command.ts';
import { duration, moment, pnl, quantity, state, usdt } from '../format.ts';
import { table } from '../output.ts';

export const command: Command = {
  name: 'positions',
  summary: 'open positions',
  async run(context) {
    const positions = await context.withRecords(async (records) => {
      const open = await records.openPositions();
      const standings = await Promise.all(open.map(({ symbol }) => records.standing(symbol, Date.now())));
      return open.map((pair, i) => {
        const standing = standings[i] ?? null;
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
