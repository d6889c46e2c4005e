import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { MIGRATIONS } from '#adapters/store/sqlite/schema.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { ledgerMismatch } from '#adapters/wiring/ledger-mismatch.ts';
import { testMachine } from '../../support/machine.ts';
import { BTC, deep, quoted, T0 } from './cases.ts';

test('a ledger that does not add up is named', () => {
  const t = quoted();
  assert.equal(ledgerMismatch(t.machine), null);
  t.database.db.exec("UPDATE balance SET quantity = '1' WHERE asset = 'KRW'");
  assert.match(ledgerMismatch(t.machine) ?? '', /^upbit:KRW is 1 in the store, not /);
  t.database.db.exec('UPDATE exposure SET positions = 2');
  assert.match(ledgerMismatch(t.machine) ?? '', /USDT are reserved for 2 positions; there are 1 of /);
  t.close();
});

test('a venue that is heard again ends its hold before that very tick is judged', () => {
  const t = testMachine();
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.machine.advanceTo(T0 + 20_000);
  assert.equal(t.machine.engine.control.setBy, 'VENUE_DOWN');
  t.quote(T0 + 20_100, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  assert.equal(t.machine.engine.control.setBy, 'VENUE_DOWN', 'the other one is still silent');
  t.fx(T0 + 20_200, 1400, 1400.5);
  assert.equal(t.machine.engine.control.tradingState, 'ACTIVE');
  t.quote(T0 + 20_300, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
  assert.equal(createHistory(t.database).decisions(BTC, 1)[0]?.decision, 'ENTER');
  t.close();
});

test('a store from before the holds keeps its trading state as the operator’s', () => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-migrate-'));
  const file = join(folder, 'store.sqlite');
  const old = new DatabaseSync(file);
  old.exec(`${MIGRATIONS[0]} PRAGMA user_version = 1;
    INSERT INTO meta VALUES ('mode', 'paper'), ('source', 'simulator');
    INSERT INTO item VALUES ('paper:simulator/control', 3,
      '{"tradingState":"HALTED","setBy":"operator","reason":"night","flatten":false,"atMs":5}', NULL);`);
  old.close();
  const database = openDatabase(file, { mode: 'paper', source: 'simulator' }, false);
  const control = createSqliteStore(database).control();
  assert.deepEqual(control, {
    version: 3,
    tradingState: 'HALTED',
    setBy: 'operator',
    reason: 'night',
    operator: { tradingState: 'HALTED', reason: 'night' },
    holding: [],
    flatten: false,
    atMs: 5,
  });
  database.close();
  rmSync(folder, { recursive: true });
});
