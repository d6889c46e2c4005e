import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { type Database, openExisting } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { KEYED_TABLES } from '#adapters/store/sqlite/keyspace.ts';
import { Retention } from '#adapters/store/sqlite/retention.ts';
import { TABLES } from '#adapters/store/sqlite/schema.ts';
import { tradedStore } from '../support/traded-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-audit-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'store.sqlite');
tradedStore(file, 6000);

/** What the audit finds once a fault is put into the store, which is put back afterwards. */
function foundWith(fault: (database: Database) => void): string[] {
  const database = openExisting(file);
  database.db.exec('BEGIN');
  try {
    fault(database);
    return auditStore(database)
      .filter(({ ok }) => !ok)
      .map(({ name }) => name);
  } finally {
    database.db.exec('ROLLBACK');
    database.close();
  }
}

test('every table with a key is examined', () => {
  assert.deepEqual([...Object.keys(KEYED_TABLES), 'meta'].toSorted(), TABLES.toSorted());
});

test('a store that was traded on is clean', () => {
  assert.deepEqual(
    foundWith(() => {}),
    [],
  );
});

const faults: [finding: string, sql: string][] = [
  ['keys', "UPDATE balance SET key = key || 'X' WHERE asset = 'BTC' AND venue = 'upbit'"],
  ['keys', "UPDATE alert SET key = 'live:main/alert/' || id"],
  ['keys', "INSERT INTO item VALUES ('paper:simulator/unheard-of', 1, '{}', NULL)"],
  ['keys', "UPDATE fill SET key = key || '/' WHERE rowid = 1"],
  ['expiry of keys', "UPDATE item SET expires_at_ms = NULL WHERE key LIKE '%/status'"],
  ['expiry of keys', "UPDATE item SET expires_at_ms = 5 WHERE key LIKE '%/tally'"],
  ['balances', "UPDATE balance SET quantity = quantity + 0.00000001 WHERE asset = 'USDT'"],
  [
    'strays',
    "DELETE FROM position WHERE state = 'CLOSED' AND rowid = (SELECT min(rowid) FROM position WHERE state = 'CLOSED')",
  ],
  ['exposure', 'UPDATE exposure SET total_usdt = total_usdt + 0.01'],
];
for (const [finding, sql] of faults) {
  test(`found: ${finding} (${sql.slice(0, 50)}…)`, () => {
    const found = foundWith(({ db }) => db.exec(sql));
    assert.ok(found.includes(finding), `found ${found.join()}`);
  });
}

test('found: two symbols with one part of a key', () => {
  const found = foundWith(({ db, keys }) => {
    const put = db.prepare('INSERT INTO guard_trigger VALUES (?, ?, ?, 1, 1)');
    put.run(keys.trigger('A/B', 'X'), 'A/B', 'X');
    put.run(keys.trigger('A-B', 'Y'), 'A-B', 'Y');
  });
  assert.ok(found.includes('keys of symbols'), found.join());
});

test('old history goes, trades and fills stay, and the audit is as clean as before', () => {
  const database = openExisting(file);
  const { db } = database;
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  const trades = createHistory(database).trades();
  const fills = count('fill');
  const retention = new Retention(database, 1);
  assert.equal(retention.sweep(1_700_000_000_000, 10), 0, 'nothing is old yet');
  const later = 1_700_000_000_000 + 3 * 86_400_000;
  let rounds = 0;
  for (; retention.sweep(later, 10) > 0; rounds++) assert.ok(rounds < 1000);
  assert.ok(rounds > 3, 'a few rows at a time');
  assert.deepEqual(
    [count('decision'), count('alert WHERE resolved_at_ms IS NOT NULL'), count('alert_message')],
    [0, 0, 0],
    'an alert that is still open stays',
  );
  assert.equal(
    db.prepare("SELECT count(*) AS n FROM client_order WHERE status = 'done'").get()?.n,
    openOrders(database),
  );
  assert.deepEqual(createHistory(database).trades(), trades);
  assert.equal(count('fill'), fills);
  assert.equal(createHistory(database).status(later), null, 'an item long expired is swept');
  for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
  database.close();
});

/** Done orders of positions that are still open. */
function openOrders({ db }: Database): number {
  const open = "SELECT id FROM position WHERE state NOT IN ('CLOSED', 'UNWOUND', 'EXPIRED')";
  const row = db
    .prepare(`SELECT count(*) AS n FROM client_order WHERE status = 'done' AND position_id IN (${open})`)
    .get();
  return Number(row?.n);
}
