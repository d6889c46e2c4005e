import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { restoreSnapshot, verifySnapshot } from '#adapters/store/snapshot/restore.ts';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { rotate, saveInThread, snapshotName } from '#adapters/store/snapshot/schedule.ts';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase, openExisting } from '#adapters/store/sqlite/database.ts';
import { MIGRATIONS, TABLES } from '#adapters/store/sqlite/schema.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { tradedStore } from '../support/traded-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-snapshot-'));
const store = join(folder, 'twinleg.sqlite');
const snapshot = join(folder, 'whole.snapshot');
const AT_MS = 1_800_000_000_000;
let directories = 0;

before(() => {
  tradedStore(store);
  saveSnapshot(store, snapshot, AT_MS);
});
after(() => rmSync(folder, { recursive: true }));

function directory(): string {
  const name = join(folder, `data${directories++}`);
  mkdirSync(name);
  return name;
}

/** All that matters of a store, by value. */
function contentOf(file: string): Record<string, unknown[]> {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = (table: string) => db.prepare(`SELECT * FROM ${table}`).all();
  const content = Object.fromEntries(TABLES.map((table) => [table, rows(table)]));
  db.close();
  content.item = content.item!.filter((row) => row.expires_at_ms === null);
  content.meta = content.meta!.filter((row) => row.name !== 'restores');
  return content;
}

const refused = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

function changed(change: (text: string) => string): string {
  const file = join(directory(), 'changed.snapshot');
  writeFileSync(file, change(readFileSync(snapshot, 'utf8')));
  return file;
}

test('the list of tables is the whole schema', () => {
  const db = openDatabase(':memory:', { mode: 'paper', source: 'simulator' }, false);
  const there = db.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  assert.deepEqual(there.map(({ name }) => name).toSorted(), TABLES.toSorted());
  db.close();
});

test('a snapshot brings back all of it, by value, with the same state for the engine and a clean audit', () => {
  const data = directory();
  const info = restoreSnapshot(snapshot, data, 'twinleg.sqlite', { mode: 'paper', source: 'simulator' });
  const file = join(data, 'twinleg.sqlite');
  const content = contentOf(file);
  assert.deepEqual(content, contentOf(store));
  assert.ok(content.fill!.length >= 8 && content.decision!.length >= 8 && info.symbols >= 2, JSON.stringify(info));
  const [restored, original] = [openExisting(file), openExisting(store)];
  assert.deepEqual(createSqliteStore(restored).load(), createSqliteStore(original).load());
  for (const { name, ok, detail } of auditStore(restored)) assert.ok(ok, `${name}: ${detail}`);
  restored.close();
  original.close();
  assert.deepEqual(
    readdirSync(data).filter((name) => name.includes('restoring')),
    [],
  );
});

test('one taken in a thread beside a writer is of one moment', async () => {
  const file = join(directory(), 'twinleg.sqlite');
  tradedStore(file, 1500, 9);
  const database = openExisting(file);
  const { keys } = database;
  const put = (n: number) =>
    database.transaction(() => {
      for (const venue of ['binance', 'upbit'])
        database.db
          .prepare('INSERT OR REPLACE INTO balance (key, venue, asset, quantity) VALUES (?, ?, ?, ?)')
          .run(keys.balance(venue, 'PAIRED'), venue, 'PAIRED', String(n));
    });
  put(0);
  for (let round = 0; round < 3; round++) {
    let isDone = false;
    const target = join(folder, `beside${round}.snapshot`);
    const saving = saveInThread({ storeFile: file, target, atMs: AT_MS }).finally(() => {
      isDone = true;
    });
    for (let n = 1; !isDone; n++) {
      put(n);
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const answer = await saving;
    assert.ok(answer.ok, JSON.stringify(answer));
    const paired = readFileSync(target, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"PAIRED"'));
    assert.equal(paired.length, 2);
    assert.equal(new Set(paired.map((line) => JSON.parse(line)[3])).size, 1, paired.join());
  }
  database.close();
});

test('only an empty store of the same owner is replaced', () => {
  const data = directory();
  tradedStore(join(data, 'twinleg.sqlite'), 600);
  const before = contentOf(join(data, 'twinleg.sqlite'));
  assert.throws(() => restoreSnapshot(snapshot, data, 'twinleg.sqlite', {}), refused('STORE_NOT_EMPTY'));
  assert.deepEqual(contentOf(join(data, 'twinleg.sqlite')), before);
  const live = directory();
  openDatabase(join(live, 'twinleg.sqlite'), { mode: 'live', source: 'live:main' }, false).close();
  assert.throws(() => restoreSnapshot(snapshot, live, 'twinleg.sqlite', {}), refused('SNAPSHOT_FOREIGN'));
  const owner = { mode: 'live', source: 'live:other' };
  assert.throws(() => restoreSnapshot(snapshot, directory(), 'twinleg.sqlite', owner), refused('SNAPSHOT_FOREIGN'));
  const empty = directory();
  openDatabase(join(empty, 'twinleg.sqlite'), { mode: 'paper', source: 'simulator' }, false).close();
  restoreSnapshot(snapshot, empty, 'twinleg.sqlite', {});
  assert.deepEqual(contentOf(join(empty, 'twinleg.sqlite')), contentOf(store));
});

test('a damaged, cut, newer or missing one is refused, and nothing is left behind', () => {
  const cases: [string, string][] = [
    [changed((text) => text.replace('"SELL_UPBIT"', '"SELL_UPBIX"').replace('CLOSED', 'CLOSET')), 'SNAPSHOT_CORRUPT'],
    [changed((text) => text.slice(0, -30)), 'SNAPSHOT_CORRUPT'],
    [changed((text) => text.slice(0, text.length / 2)), 'SNAPSHOT_CORRUPT'],
    [changed((text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)), 'SNAPSHOT_CORRUPT'],
    [changed(() => ''), 'SNAPSHOT_CORRUPT'],
    [changed(() => 'what is this\n'), 'SNAPSHOT_CORRUPT'],
    [changed((text) => text.replace(/"version":\d+/, `"version":${MIGRATIONS.length + 1}`)), 'SNAPSHOT_NEWER'],
    [changed((text) => text.replace('"formatVersion":1', '"formatVersion":2')), 'SNAPSHOT_NEWER'],
    [join(folder, 'none'), 'SNAPSHOT_MISSING'],
  ];
  for (const [file, code] of cases) {
    assert.throws(() => verifySnapshot(file), refused(code), `${code} by verify`);
    const data = directory();
    assert.throws(() => restoreSnapshot(file, data, 'twinleg.sqlite', {}), refused(code), code);
    assert.deepEqual(
      readdirSync(data).filter((name) => name !== 'run.lock'),
      [],
    );
  }
  assert.equal(verifySnapshot(snapshot).rows > 100, true);
});

test('one of an older schema is migrated by the store’s own migrations', () => {
  for (let version = 1; version < MIGRATIONS.length; version++) {
    const file = join(directory(), 'old.sqlite');
    const db = new DatabaseSync(file);
    for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA user_version = ${version};
      INSERT INTO meta VALUES ('mode', 'paper'), ('source', 'simulator');
      INSERT INTO balance (key, venue, asset, quantity) VALUES ('paper:simulator/balance/binance/USDT', 'binance', 'USDT', '5000');
      INSERT INTO symbol_state (key, symbol, version, epoch, seq) VALUES ('paper:simulator/symbol/BTC-USDT', 'BTC/USDT', 3, 1, 9)`);
    db.close();
    const target = join(folder, `v${version}.snapshot`);
    assert.equal(saveOld(file, target, version), version);
    const data = directory();
    restoreSnapshot(target, data, 'twinleg.sqlite', {});
    openExisting(file).close();
    assert.deepEqual(contentOf(join(data, 'twinleg.sqlite')), contentOf(file));
  }
});

function saveOld(file: string, target: string, version: number): number {
  const info = saveSnapshot(file, target, AT_MS);
  assert.equal(verifySnapshot(target).version, version);
  return info.version;
}

test('a failed save leaves nothing, the newest are kept, what a killed process left is removed', () => {
  const data = directory();
  writeFileSync(join(data, 'file'), '');
  assert.throws(() => saveSnapshot(store, join(data, 'file', 'a.snapshot'), AT_MS), refused('SNAPSHOT_FAILED'));
  for (let i = 0; i < 5; i++) saveSnapshot(store, join(data, snapshotName(AT_MS + i * 1000)), AT_MS);
  writeFileSync(join(data, `${snapshotName(AT_MS)}.77.tmp`), 'torn');
  rotate(data, 2);
  assert.deepEqual(readdirSync(data).toSorted(), [snapshotName(AT_MS + 3000), snapshotName(AT_MS + 4000), 'file']);
});
