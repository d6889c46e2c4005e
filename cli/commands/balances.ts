import { readPortfolio } from '#adapters/wiring/stored-portfolio.ts';
import type { BalanceRow } from '#core/portfolio/rebalance.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import type { Command } from '../command.ts';
import { percent, pnl, quantity, usdt } from '../format.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'balances',
  summary: 'inventory by venue and coin: its value, how long it lasts, what to move where',
  async run(context) {
    const { rows, report } = await context.withRecords(readPortfolio);
    context.out.result(rows, (all) =>
      all.length === 0 ? 'nothing yet: balances are given at the first quotes' : describe(all, report),
    );
    return undefined;
  },
};

function describe(rows: readonly BalanceRow[], report: PortfolioReport): string {
  const listing = table(rows, [
    { title: 'venue', value: (row) => row.venue },
    { title: 'asset', value: (row) => row.asset },
    { title: 'quantity', align: 'right', value: (row) => quantity(row.quantity) },
    { title: 'value USDT', align: 'right', value: (row) => usdt(row.valueUsdt) },
    { title: 'inventory PnL', align: 'right', value: (row) => pnl(row.inventoryPnlUsdt) },
    { title: 'entries left', align: 'right', value: (row) => entriesLeft(row.runwayEntries) },
  ]);
  return [listing, '', ...totals(report), '', ...proposals(rows)].join('\n');
}

function totals({ valueUsdt, firstValueUsdt, inventoryPnlUsdt, tradedUsdt, unpriced }: PortfolioReport): string[] {
  const lines = [`together         ${usdt(valueUsdt)} USDT at the last prices seen`];
  if (firstValueUsdt !== null && firstValueUsdt > 0) {
    const share = inventoryPnlUsdt === null ? '' : ` (${percent(inventoryPnlUsdt / firstValueUsdt)})`;
    lines.push(
      `first balances   ${usdt(firstValueUsdt)} USDT at the prices of when they were given`,
      `inventory PnL    ${pnl(inventoryPnlUsdt)} USDT${share}: what prices did to them`,
      `moved by trades  ${pnl(tradedUsdt)} USDT at the last prices, open positions included`,
    );
  }
  if (unpriced.length > 0) lines.push(`left out of PnL  ${unpriced.join(', ')}: no price, or no first value`);
  return lines;
}

function proposals(rows: readonly BalanceRow[]): string[] {
  const moves = rows.flatMap(({ venue, asset, move }) => {
    if (move === null) return [];
    const into = move.arrivesAs === asset ? '' : ` (as ${move.arrivesAs})`;
    return [
      `move ${quantity(move.quantity)} ${asset} from ${venue} to ${move.to}${into}: ${usdt(move.valueUsdt)} USDT; ${move.why}`,
    ];
  });
  const additions = rows.flatMap(({ venue, asset, add }) =>
    add === null
      ? []
      : [`bring ${quantity(add.quantity)} ${asset} to ${venue}: ${usdt(add.valueUsdt)} USDT; ${add.why}`],
  );
  const all = [...moves, ...additions];
  return all.length === 0
    ? ['nothing to move: each venue holds enough of each']
    : ['proposed (nothing is transferred by itself):', ...all];
}

function entriesLeft(runway: number | null): string {
  if (runway === null) return '–';
  return runway < 1 ? paint('red', runway.toFixed(1)) : runway.toFixed(1);
}
