import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import { AccountBooks } from '#adapters/wiring/account-books.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import { KpiBook } from '#core/kpi/index.ts';
import type { RolledUp, SharedRecords, TradeFilter } from '#core/ports/records.ts';
import { tradedStore } from '../../support/traded-store.ts';

test('books that are brought along from a store that others trade on come to the store’s own figures', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-books-'));
  const file = join(folder, 'store.sqlite');
  tradedStore(file);
  const database = openDatabase(file, { mode: 'paper', source: 'simulator' }, false);
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const records = createSqliteRecords(database, () => false);
  const all = await records.trades();
  assert.ok(all.length > 6, `${all.length} trades`);
  const asked: TradeFilter[] = [];
  let closed = 0;
  let rolledUp: RolledUp = { book: new KpiBook(), horizonMs: 0 };
  const growing: Pick<SharedRecords, 'load' | 'trades' | 'rolledUp'> = {
    load: () => records.load(),
    rolledUp: async () => rolledUp,
    async trades(filter = {}) {
      asked.push(filter);
      return (await records.trades(filter)).filter(({ id }) => all.findIndex((trade) => trade.id === id) < closed);
    },
  };
  const books = new AccountBooks(growing);
  for (; closed <= all.length; closed += 3) await books.refresh();
  closed = all.length;
  await books.refresh();
  await books.refresh();
  assert.deepEqual(books.kpi.report(), (await records.kpis()).report());
  assert.deepEqual(Object.fromEntries(books.inventory.held), (await records.load()).balances);
  assert.ok(asked.at(-1)!.sinceMs! > asked[0]!.sinceMs!, 'what is long past is not read again');

  for (let counted = 1; counted <= all.length; counted += 3) {
    const book = new KpiBook();
    // Those that closed at the same moment as the first that is not counted are not either.
    const horizonMs = all[counted]?.closedAtMs ?? all.at(-1)!.closedAtMs! + 1;
    for (const pair of all) if (pair.closedAtMs! < horizonMs) book.add(pair.symbol, closedTrade(pair));
    rolledUp = { book, horizonMs };
    asked.length = 0;
    const later = new AccountBooks(growing);
    for (closed = counted; closed <= all.length + 3; closed += 3) await later.refresh();
    assert.deepEqual(later.kpi.report(), (await records.kpis()).report(), `${counted} were counted up`);
    assert.ok(
      asked.every(({ sinceMs }) => sinceMs! >= horizonMs),
      'what was counted up is not read',
    );
  }
});
