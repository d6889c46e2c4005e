import type { Fill } from '#core/execution/types.ts';
import { type Decimal, decimal, ZERO } from '#core/market/money.ts';
import { coinOf } from '#core/market/symbol.ts';
import { balanceKey } from '#core/portfolio/portfolio.ts';
import type { Database } from './database.ts';

/** Holdings that are not their first balance and all that was filled since; those whose first balance is unknown are left out. */
export function wrongBalances({ db }: Database): { checked: number; wrong: string[] } {
  const change = new Map<string, Decimal>();
  const add = (key: string, by: Decimal) => change.set(key, (change.get(key) ?? ZERO).plus(by));
  const fills = db.prepare(
    `SELECT position.symbol, fill.body FROM fill JOIN position ON position.id = fill.position_id`,
  );
  for (const { symbol, body } of fills.iterate()) {
    const fill: Fill = JSON.parse(String(body));
    const sign = fill.side === 'buy' ? 1 : -1;
    add(balanceKey(fill.venue, coinOf(String(symbol))), decimal(fill.quantity).times(sign));
    add(balanceKey(fill.venue, fill.currency), decimal(fill.amount).times(-sign));
    add(balanceKey(fill.venue, fill.feeAsset), decimal(fill.fee).negated());
  }
  const wrong: string[] = [];
  const balances = db.prepare(
    'SELECT venue, asset, quantity, first_quantity FROM balance WHERE first_quantity IS NOT NULL',
  );
  const rows = balances.all();
  for (const { venue, asset, quantity, first_quantity: first } of rows) {
    const key = `${venue}:${asset}`;
    const due = decimal(String(first)).plus(change.get(key) ?? ZERO);
    if (!due.eq(String(quantity))) wrong.push(`${key} is ${quantity}, not ${due}`);
  }
  return { checked: rows.length, wrong };
}

/** Fills and orders that belong to no position, and orders still out of positions that have ended. */
export function strayRecords({ db }: Database): string[] {
  const keys = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map(({ key }) => String(key));
  return [
    ...keys('SELECT key FROM fill WHERE position_id NOT IN (SELECT id FROM position)'),
    ...keys('SELECT key FROM client_order WHERE position_id NOT IN (SELECT id FROM position)'),
    ...keys(`SELECT client_order.key FROM client_order JOIN position ON position.id = position_id
      WHERE status != 'done' AND state IN ('CLOSED', 'UNWOUND', 'EXPIRED')`),
  ];
}
