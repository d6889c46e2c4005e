import { join } from 'node:path';
import { inScratch } from '#adapters/scratch.ts';
import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import { claimTable, findOwner, requireOwner } from '#adapters/store/dynamodb/owner.ts';
import { exportTable } from '#adapters/store/dynamodb/snapshot/export.ts';
import { restoreTable } from '#adapters/store/dynamodb/snapshot/restore.ts';
import type { SnapshotInfo } from '#adapters/store/snapshot/format.ts';
import { refuseForeign, unpackSnapshot } from '#adapters/store/snapshot/restore.ts';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { openDatabase, openExisting, type StoreOwner } from '#adapters/store/sqlite/database.ts';
import type { Config } from '#core/config.ts';
import { STORE_FILE } from './store-file.ts';
import { withTable } from './table.ts';

/** Longest that one request may take, ms: a page is a megabyte. */
const REQUEST_MS = 10_000;

/**
 * Writes all that a stage's table holds into a file, of the very form that a data directory's store is saved in.
 *
 * @throws TwinlegError `STORE_MISSING`, `SNAPSHOT_BUSY`, `SNAPSHOT_FAILED`, or what the table says
 */
export function saveTable(config: Pick<Config, 'cloud'>, target: string, atMs: number): Promise<SnapshotInfo> {
  return withTable(config, (access) => saveTableOf(access, target, atMs), REQUEST_MS);
}

/** The same on a table that is open. */
export function saveTableOf(access: TableAccess, target: string, atMs: number): Promise<SnapshotInfo> {
  return withStoreFile(async (storeFile) => {
    const { mode, source } = await requireOwner(access);
    const database = openDatabase(storeFile, { mode, source }, false);
    try {
      await exportTable(access, database, atMs);
    } finally {
      database.close();
    }
    return saveSnapshot(storeFile, target, atMs);
  });
}

/** What came of a restore into a table. */
export type RestoredTable = SnapshotInfo & {
  /** The table had been made of this very snapshot before, and nothing was traded since. */
  readonly wasRestored: boolean;
};

/**
 * Makes a stage's table of a snapshot, of whichever store it was taken; goes on with one that was broken off.
 *
 * @param expected whose snapshot it has to be, as far as that is known
 * @throws TwinlegError as `unpackSnapshot`; `SNAPSHOT_FOREIGN`; `STORE_NOT_EMPTY`; what the table says
 */
export function restoreIntoTable(
  config: Pick<Config, 'cloud' | 'history'>,
  file: string,
  expected: Partial<StoreOwner>,
  nowMs: number,
): Promise<RestoredTable> {
  const restore = (access: TableAccess) => restoreInto(access, file, expected, nowMs, config.history.keepDays);
  return withTable(config, restore, REQUEST_MS);
}

/** The same on a table that is open. */
export function restoreInto(
  access: TableAccess,
  file: string,
  expected: Partial<StoreOwner>,
  nowMs: number,
  keepDays: number,
): Promise<RestoredTable> {
  return withStoreFile(async (storeFile) => {
    const info = unpackSnapshot(file, storeFile);
    refuseForeign(info, expected);
    const stored = await findOwner(access);
    if (stored !== null) refuseForeign(info, stored);
    const database = openExisting(storeFile);
    try {
      await claimTable(access, database.owner);
      const isNew = await restoreTable({ access, database, info, nowMs, keepMs: keepDays * 86_400_000 });
      return { ...info, wasRestored: !isNew };
    } finally {
      database.close();
    }
  });
}

/** Works on a store file of its own that is gone afterwards. */
function withStoreFile<T>(work: (storeFile: string) => Promise<T>): Promise<T> {
  return inScratch((folder) => work(join(folder, STORE_FILE)));
}
