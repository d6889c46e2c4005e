import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import { AccountBooks } from '#adapters/wiring/account-books.ts';
import type { Records, TradeFilter } from '#core/ports/records.ts';
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
  const growing: Pick<Records, 'load' | 'trades'> = {
    load: () => records.load(),
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
});
