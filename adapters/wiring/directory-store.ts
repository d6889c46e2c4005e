import { join } from 'node:path';
import { createSqliteAlertBook } from '#adapters/store/sqlite/alert-book.ts';
import { createAlertWriter } from '#adapters/store/sqlite/alert-writer.ts';
import { type Database, openDatabase, type StoreOwner } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import { lockDirectory } from '#adapters/store/sqlite/lock.ts';
import { createNoticeQueue } from '#adapters/store/sqlite/notice-queue.ts';
import { openAlertsReader } from '#adapters/store/sqlite/open-alerts.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import { createPaperMemory, createRunLog } from '#adapters/store/sqlite/runs.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { createUniverseMemory } from '#adapters/store/sqlite/universe.ts';
import { Housekeeping } from './housekeeping.ts';
import type { AlertMemory, Pace, RunStore } from './run-store.ts';
import { STORE_FILE } from './store-file.ts';

/** A file on this machine costs nothing to write: everything is shown as it is now. */
const PACE: Pace = {
  statusMs: 0,
  standingMs: 0,
  marksMs: 0,
  noticesMs: 500,
  remindMs: 10_000,
  statusTtlMs: 5000,
  standingTtlMs: 5000,
};

/**
 * The store of a data directory, for one run alone.
 *
 * @throws TwinlegError `STORE_IN_USE` where a run has it, `STORE_FOREIGN` where it is of another mode or source
 */
export function openDirectoryStore(dataDir: string, owner: StoreOwner): RunStore {
  const lock = lockDirectory(dataDir);
  try {
    const database = openDatabase(join(dataDir, STORE_FILE), owner, owner.mode === 'live');
    const store = createSqliteStore(database);
    return {
      place: database.file,
      store,
      memory: createPaperMemory(database),
      runs: createRunLog(database),
      universe: createUniverseMemory(database),
      history: createHistory(database),
      alerts: alertMemory(database),
      operator: {
        records: createSqliteRecords(database, () => true),
        book: createSqliteAlertBook(database),
        commands: createOperatorLog(database),
      },
      pace: PACE,
      kpis: () => createKpiTable(database).book(),
      heardControl: store.control,
      isUp: () => true,
      // A file answers, or has not done it.
      ahead: () => null,
      housekeeping: (run) => new Housekeeping({ ...run, database }),
      async close() {
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function alertMemory(database: Database): AlertMemory {
  const writer = createAlertWriter(database);
  return {
    open: openAlertsReader(database),
    remind: (nowMs) => void database.transaction(() => writer.remind(nowMs)),
    queue: createNoticeQueue(database),
    alone: true,
    // A word is queued with the write that it tells of.
    onQueued() {},
  };
}
