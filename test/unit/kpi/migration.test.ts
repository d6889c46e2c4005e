import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import { MIGRATIONS, TABLES } from '#adapters/store/sqlite/schema.ts';
import { KPIS, namedStates, statesOf } from '#core/kpi/index.ts';
import { tradedStore } from '../../support/traded-store.ts';

/** Schema of before the return on capital. */
const BEFORE = 4;
const PORTFOLIO = { firstValueUsdt: 1000, runwayEntries: null, runwayBySymbol: {} };

/** A store with trades, brought back to an older schema: figures and columns that it had not are gone. */
function oldStore(file: string): void {
  tradedStore(`${file}.new`);
  const db = new DatabaseSync(file);
  for (const migration of MIGRATIONS.slice(0, BEFORE)) db.exec(migration);
  db.exec(`ATTACH '${file}.new' AS newer`);
  for (const table of TABLES) {
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}', 'main')`).all();
    if (columns.length === 0) continue;
    const names = columns.map(({ name }) => name).join(', ');
    db.exec(`INSERT INTO main.${table} (${names}) SELECT ${names} FROM newer.${table}`);
  }
  db.exec(`UPDATE kpi SET body = json_remove(body, '$.returnOnCapital', '$.runwayEntries');
    PRAGMA user_version = ${BEFORE}`);
  db.close();
}

test('figures of an older store: those that are new begin from what the others know, and go on alike', () => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-kpi-'));
  try {
    const file = join(folder, 'old.sqlite');
    oldStore(file);
    const database = openExisting(file);
    const table = createKpiTable(database);
    const { total, symbols } = table.book().report(PORTFOLIO);
    assert.ok(total.trades! >= 2 && total.pnlUsdt !== 0);
    assert.equal(total.returnOnCapital, total.pnlUsdt! / 1000);
    for (const values of Object.values(symbols)) assert.equal(values.returnOnCapital, values.pnlUsdt! / 1000);
    assert.deepEqual(table.book().report(PORTFOLIO), table.recomputed().report(PORTFOLIO));
    const [again] = createHistory(database).trades();
    table.add(again!);
    const next = table.book().report(PORTFOLIO).total;
    assert.equal(next.trades, total.trades! + 1);
    assert.ok(Math.abs(next.returnOnCapital! - next.pnlUsdt! / 1000) < 1e-15);
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a stored figure that this program does not know is left alone; one that is missing begins at its start', () => {
  const states = statesOf({ trades: 7, ofALaterVersion: 1 });
  const named = namedStates(states);
  assert.equal(named.trades, 7);
  assert.equal(named.ofALaterVersion, undefined);
  for (const { name, start } of KPIS) if (name !== 'trades') assert.deepEqual(named[name], start, name);
});
