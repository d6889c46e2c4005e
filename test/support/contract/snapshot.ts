import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { SnapshotInfo } from '#adapters/store/snapshot/format.ts';
import { verifySnapshot } from '#adapters/store/snapshot/restore.ts';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { createAlertWriter } from '#adapters/store/sqlite/alert-writer.ts';
import { openDatabase, openExisting } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createNoticeQueue } from '#adapters/store/sqlite/notice-queue.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import { createPaperMemory } from '#adapters/store/sqlite/runs.ts';
import { silence } from '#adapters/store/sqlite/silences.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { createUniverseMemory } from '#adapters/store/sqlite/universe.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { takeSlot, windowLimits } from '#core/alerts/window.ts';
import type { StoredState } from '#core/ports/store.ts';
import { snapshotContent } from '../snapshot-content.ts';
import { tradedStore } from '../traded-store.ts';

const AT_MS = 1_800_000_000_000;

/** An empty store of paper and simulator, wherever it is. */
export interface SnapshotStore {
  save(target: string): Promise<SnapshotInfo>;
  restore(file: string): Promise<unknown>;
  load(): Promise<StoredState>;
}

export const refused = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

/** The content of a snapshot file, by value. */
export const contentOf = (file: string) => snapshotContent(readFileSync(file, 'utf8'));

/** A store file with something in every table, and its snapshot. */
export function filledSnapshot(
  folder: string,
  frames = 2500,
  seed = 5,
): { readonly store: string; readonly file: string } {
  const store = join(folder, `${seed}-${frames}.sqlite`);
  tradedStore(store, frames, seed);
  const database = openExisting(store);
  const engine = createSqliteStore(database);
  // A restore leaves a version behind that is newer than its own halt: more changes than that one here.
  for (const reason of ['first', 'second', 'before the snapshot'])
    engine.changeControl({ tradingState: 'REDUCE_ONLY', reason, flatten: false, atMs: AT_MS });
  const alerts = createAlertWriter(database);
  database.transaction(() => {
    alerts.write(raise('DISK_FULL', 'a', AT_MS, 'ended'));
    alerts.write(resolve('DISK_FULL', 'a', AT_MS + 5, 'space'));
    alerts.write(raise('DISK_FULL', 'b', AT_MS + 7, 'goes on'));
  });
  createHistory(database).keepMarks({ atMs: AT_MS, usdtKrw: 1400 } as never);
  createUniverseMemory(database).save({ any: 'list' } as never);
  createPaperMemory(database).put('never-arrived', null);
  silence(database, 'DISK_FULL', AT_MS + 1e6, AT_MS);
  const commands = createOperatorLog(database);
  const asked = { atMs: AT_MS, chat: '7', sender: '@a (7)', text: '/halt' };
  // A file answers before the next line.
  void commands.begin({ ...asked, id: '1' });
  void commands.end('1', 'answered');
  void commands.begin({ ...asked, id: '2' });
  void commands.state((state) => ({ ...state, offset: 3 }));
  void createNoticeQueue(database).window((window) => takeSlot(window, 'one', AT_MS, true, windowLimits(10, 8000)));
  database.close();
  const file = `${store}.snapshot`;
  saveSnapshot(store, file, AT_MS);
  return { store, file };
}

/** Every store that snapshots are made of and restored into passes this suite. */
export function snapshotContract(name: string, open: () => Promise<SnapshotStore>, histories: number): void {
  describe(`snapshot: ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'twinleg-snapshots-'));
    let filled: ReturnType<typeof filledSnapshot>;
    before(() => {
      filled = filledSnapshot(folder);
    });
    after(() => rmSync(folder, { recursive: true }));

    test('a local store’s comes back by value, with the same state for the engine and a clean audit', async () => {
      const store = await open();
      await store.restore(filled.file);
      const target = join(folder, 'again.snapshot');
      const info = await store.save(target);
      assert.deepEqual(contentOf(target), contentOf(filled.file));
      assert.equal(verifySnapshot(target).sha256, info.sha256);
      const database = openExisting(filled.store);
      const { control, ...state } = createSqliteStore(database).load();
      database.close();
      assert.deepEqual({ ...(await store.load()), control: null }, { ...state, control: null });
      assert.deepEqual({ ...(await store.load()).control, version: 0 }, { ...control, version: 0 });
    });

    test('random histories come back by value', async () => {
      const history = fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 30 }),
        frames: fc.integer({ min: 1, max: 1500 }),
      });
      await fc.assert(
        fc.asyncProperty(history, async ({ seed, frames }) => {
          const { file } = filledSnapshot(mkdtempSync(join(folder, 'history-')), frames, seed);
          const store = await open();
          await store.restore(file);
          const target = `${file}.again`;
          await store.save(target);
          assert.deepEqual(contentOf(target), contentOf(file));
          verifySnapshot(target);
        }),
        { numRuns: histories, endOnFailure: true },
      );
    });

    test('one that holds trades, one of another owner and a damaged file are refused, and nothing is changed', async () => {
      const store = await open();
      await store.restore(filled.file);
      const { file: other } = filledSnapshot(folder, 600, 8);
      const before = await store.load();
      await assert.rejects(store.restore(other), refused('STORE_NOT_EMPTY'));
      assert.deepEqual(await store.load(), before);

      const live = join(folder, 'live.sqlite');
      openDatabase(live, { mode: 'live', source: 'live:main' }, false).close();
      saveSnapshot(live, `${live}.snapshot`, AT_MS);
      const empty = await open();
      const nothing = await empty.load();
      await assert.rejects(empty.restore(`${live}.snapshot`), refused('SNAPSHOT_FOREIGN'));
      const damaged = join(folder, 'damaged.snapshot');
      writeFileSync(damaged, readFileSync(filled.file, 'utf8').replace('CLOSED', 'CLOSET'));
      await assert.rejects(empty.restore(damaged), refused('SNAPSHOT_CORRUPT'));
      assert.deepEqual(await empty.load(), nothing);
    });
  });
}
