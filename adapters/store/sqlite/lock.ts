import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TwinlegError } from '#core/errors.ts';
import { makeDirectory } from './directory.ts';

/** How long a start waits for the run before it to let go, ms. */
const WAIT_MS = 1500;

/**
 * Makes this process the only run on a data directory. The lock is the operating system's, held through an open
 * transaction: it ends with the process, however that ends, so a kill −9 blocks nothing.
 *
 * @throws TwinlegError `STORE_IN_USE` where another run holds it, `DATA_DIRECTORY` where it cannot be written
 */
export function lockDirectory(directory: string): { release(): void } {
  makeDirectory(directory);
  const db = openLock(directory);
  try {
    db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new TwinlegError(
      'STORE_IN_USE',
      `another run is using ${directory}`,
      'stop it first, or give this one its own directory with --data DIR',
      { cause },
    );
  }
  return { release: () => db.close() };
}

function openLock(directory: string): DatabaseSync {
  try {
    return new DatabaseSync(join(directory, 'run.lock'), { timeout: WAIT_MS });
  } catch (cause) {
    throw new TwinlegError(
      'DATA_DIRECTORY',
      `the data directory ${directory} cannot be written`,
      'give write permission, or name another with --data DIR',
      { cause },
    );
  }
}

/** Whether a run holds the directory now. */
export function isLocked(directory: string): boolean {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(join(directory, 'run.lock'), { timeout: 0, readOnly: true });
  } catch {
    return false;
  }
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch {
    return true;
  } finally {
    db.close();
  }
}
