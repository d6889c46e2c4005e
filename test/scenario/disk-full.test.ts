import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { TwinlegError } from '#core/errors.ts';
import { syntheticTape } from '../reference/synthetic.ts';
import { testMachine } from '../support/machine.ts';
import { audit, calm, feed } from '../support/market.ts';
import { COINS, SYMBOLS } from '../support/traded-store.ts';

test('a full disk: no entry, no order without its record, no torn ledger; with space again all comes to rest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-full-'));
  const database = openDatabase(join(folder, 'store.sqlite'), { mode: 'paper', source: 'tape' }, false);
  const { db } = database;
  const limit = (pages: number) => db.exec(`PRAGMA max_page_count = ${pages}`);
  const pages = () => Number(db.prepare('PRAGMA page_count').get()?.page_count);
  const store = createSqliteStore(database);
  const lines = syntheticTape(5, { coins: COINS, frames: 5000 });
  let atMs = Number.parseInt(lines[0]!, 10);
  let isFull = false;
  let failures = 0;
  let sentWhileFull = 0;
  const t = testMachine({
    database,
    guardsOn: false,
    raw: {
      universe: { symbols: SYMBOLS },
      strategy: { cooldownSeconds: 1, maxHoldSeconds: 6, exitEdge: 0.001 },
      paper: { latencyMs: { binance: 20, upbit: 150 } },
    },
    failed(error) {
      assert.ok(error instanceof TwinlegError && error.code === 'DISK_FULL', String(error));
      if (failures++ % 40 > 0) return;
      for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
    },
    observer: {
      transition({ pair, send }) {
        // What leaves is on record, also while there is hardly any space.
        assert.ok(store.load().symbols.some((state) => state.pair?.id === pair.id) || send.length === 0);
        if (isFull) sentWhileFull += send.length;
      },
    },
  });
  t.machine.start(atMs);
  for (const [i, line] of lines.entries()) {
    if (i % 500 === 250) {
      isFull = !isFull;
      limit(isFull ? pages() : 1_000_000);
    }
    const [time = '', venue = ''] = line.split(' ', 2);
    atMs = Number(time);
    feed(t, atMs, JSON.parse(line.slice(time.length + venue.length + 2)));
  }
  limit(1_000_000);
  isFull = false;
  for (let i = 1; i <= 80; i++) calm(t, SYMBOLS, atMs + 500 * i);
  assert.ok(failures > 3, `${failures} writes failed, ${sentWhileFull} orders left on what space there was`);
  assert.ok(t.machine.settled, 'every pair came to rest');
  audit(database, SYMBOLS);
  assert.ok(createHistory(database).trades().length > 3);
  database.close();
  rmSync(folder, { recursive: true });
});
