import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { restoreSnapshot, verifySnapshot } from '#adapters/store/snapshot/restore.ts';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { openDatabase, openExisting } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { filledSnapshot, refused, snapshotContract } from '../support/contract/snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-local-snapshots-'));
const owner = { mode: 'paper', source: 'simulator' };
after(() => rmSync(folder, { recursive: true }));

snapshotContract(
  'a data directory',
  async () => {
    const data = mkdtempSync(join(folder, 'data-'));
    const store = join(data, 'twinleg.sqlite');
    return {
      save: async (target) => saveSnapshot(store, target, 0),
      restore: async (file) => restoreSnapshot(file, data, 'twinleg.sqlite', owner),
      async load() {
        const database = openDatabase(store, owner, false);
        const state = createSqliteStore(database).load();
        database.close();
        return state;
      },
    };
  },
  12,
);

test('what does not add up is told by verify', () => {
  const { store } = filledSnapshot(folder, 1200);
  const database = openExisting(store);
  database.db.exec(`UPDATE balance SET quantity = '1' WHERE key LIKE '%/binance/USDT'`);
  database.close();
  const file = join(folder, 'unsound.snapshot');
  saveSnapshot(store, file, 0);
  assert.throws(() => verifySnapshot(file), refused('SNAPSHOT_UNSOUND'));
});
