import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import { type ValuedBalance, valueBalances } from '#core/portfolio/valuation.ts';
import type { Command } from '../command.ts';
import { quantity, usdt } from '../format.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'balances',
  summary: 'inventory by venue and coin',
  run(context) {
    const rows = context.withStore((database) => {
      const history = createHistory(database);
      const { balances, symbols } = createSqliteStore(database).load();
      const nowMs = Date.now();
      const known = history.status<RunView>(nowMs)?.value;
      const standings = (known?.symbolNames ?? symbols.map(({ symbol }) => symbol)).flatMap(
        (symbol) => history.standing(symbol, nowMs)?.value ?? [],
      );
      return valueBalances(balances, standings, known?.positionUsdt ?? null);
    });
    context.out.result(rows, (all) =>
      all.length === 0 ? 'nothing yet: balances are given at the first quotes' : balanceTable(all),
    );
    return undefined;
  },
};

function balanceTable(rows: readonly ValuedBalance[]): string {
  const total = rows.reduce((all, { valueUsdt }) => all + (valueUsdt ?? 0), 0);
  const listing = table(rows, [
    { title: 'venue', value: (row) => row.venue },
    { title: 'asset', value: (row) => row.asset },
    { title: 'quantity', align: 'right', value: (row) => quantity(row.quantity) },
    { title: 'value USDT', align: 'right', value: (row) => usdt(row.valueUsdt) },
    { title: 'entries left', align: 'right', value: (row) => entriesLeft(row.runwayEntries) },
  ]);
  return `${listing}\n\ntogether ${usdt(total)} USDT at the last prices seen`;
}

function entriesLeft(runway: number | null): string {
  if (runway === null) return '–';
  return runway < 1 ? paint('red', runway.toFixed(1)) : runway.toFixed(1);
}
