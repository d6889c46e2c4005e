import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createSqliteCloudStore } from '#adapters/store/sqlite/cloud.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { importState } from '#adapters/store/sqlite/import.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { cloudStoreContract } from '../support/contract/cloud-store.ts';
import { publicationsContract } from '../support/contract/publications.ts';
import { promised, request, storeContract } from '../support/contract/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-store-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
const open = (file: string) => openDatabase(file, { mode: 'paper', source: 'simulator' }, false);

storeContract('sqlite', async () => {
  const file = join(folder, `${files++}.sqlite`);
  let database = open(file);
  return {
    store: promised(createSqliteStore(database)),
    async reopen() {
      database.close();
      database = open(file);
      return promised(createSqliteStore(database));
    },
  };
});

cloudStoreContract('sqlite', async () => {
  const store = createSqliteCloudStore(open(join(folder, `${files++}.sqlite`)));
  return { store, other: store };
});

publicationsContract('sqlite', async () => {
  const database = open(join(folder, `${files++}.sqlite`));
  return { history: createHistory(database), records: createSqliteRecords(database, () => false) };
});

test('a state written into an empty store comes back equal by value', () => {
  const database = open(':memory:');
  const store = createSqliteStore(database);
  for (let i = 0; i < 3; i++) store.commit(request(i));
  store.changeControl({ tradingState: 'REDUCE_ONLY', reason: 'test', flatten: true, atMs: 5 });
  const copy = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  importState(copy, store.load());
  assert.deepEqual(createSqliteStore(copy).load(), store.load());
  copy.close();
  database.close();
});
