import type { Fill } from '#core/execution/types.ts';
import { decimal, ZERO } from '#core/market/money.ts';
import { changesByFills } from '../audit.ts';
import type { Database } from './database.ts';

/** Holdings that are not their first balance and all that was filled since; those whose first balance is unknown are left out. */
export function wrongBalances({ db }: Database): { checked: number; wrong: string[] } {
  const fills = db.prepare(
    `SELECT position.symbol, fill.body FROM fill JOIN position ON position.id = fill.position_id`,
  );
  function* filled() {
    for (const { symbol, body } of fills.iterate())
      yield { symbol: String(symbol), fill: JSON.parse(String(body)) as Fill };
  }
  const change = changesByFills(filled());
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
