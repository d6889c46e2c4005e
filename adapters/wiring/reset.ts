import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { lockDirectory } from '#adapters/store/sqlite/lock.ts';
import { TwinlegError } from '#core/errors.ts';
import { STORE_FILE } from './store-file.ts';

/** What lies in a paper store, for a person who is about to empty it. */
export function describePaperStore(dataDir: string): string {
  const database = openExisting(join(dataDir, STORE_FILE));
  try {
    const { mode, source } = database.owner;
    if (mode !== 'paper') {
      throw new TwinlegError(
        'RESET_REFUSED',
        `the store in ${dataDir} is of mode ${mode}; only a paper store can be emptied`,
        'move its directory away by hand, if that is what you want',
      );
    }
    const count = (where: string) =>
      Number(database.db.prepare(`SELECT count(*) AS n FROM position WHERE state ${where}`).get()?.n);
    const open = count("NOT IN ('CLOSED', 'UNWOUND', 'EXPIRED')");
    return `${dataDir}: paper, ${source}; ${count("IN ('CLOSED', 'UNWOUND')")} trades, ${open} open positions`;
  } finally {
    database.close();
  }
}

/**
 * Empties the paper store of a data directory; recordings and snapshots stay. Returns the files that went.
 *
 * @throws TwinlegError `STORE_IN_USE` while a run uses it, `RESET_REFUSED` where it is not of paper
 */
export function resetStore(dataDir: string): string[] {
  describePaperStore(dataDir);
  const lock = lockDirectory(dataDir);
  try {
    const files = ['', '-wal', '-shm'].map((end) => join(dataDir, `${STORE_FILE}${end}`)).filter(existsSync);
    for (const file of files) rmSync(file);
    return files;
  } finally {
    lock.release();
  }
}
