import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TwinlegError } from '#core/errors.ts';
import { createKeys, type Keys } from '../keys.ts';
import { makeDirectory } from './directory.ts';
import { MIGRATIONS } from './schema.ts';

/** How long a writer waits for another one, ms. */
const BUSY_TIMEOUT_MS = 2000;

/** The log beside the file is cut to this size at each checkpoint, bytes. */
const WAL_LIMIT_BYTES = 16_000_000;

/** Whose data a store holds; a run of another mode or source is refused. */
export interface StoreOwner {
  readonly mode: string;
  /** `simulator`, `real`, `tape` or `live:<account>`. */
  readonly source: string;
}

export interface Database {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly owner: StoreOwner;
  readonly keys: Keys;
  /** Runs a function in one immediate transaction: all of its writes, or none. */
  transaction<T>(run: () => T): T;
  close(): void;
}

/** Opens a store for its owner, making it where it is missing and migrating it where it is older. */
export function openDatabase(file: string, owner: StoreOwner, durable: boolean): Database {
  if (file !== ':memory:') makeDirectory(dirname(file));
  return guarded(file, () => {
    const db = connect(file, durable);
    migrate(db, file);
    const stored = readOwner(db);
    if (stored === null) writeOwner(db, owner);
    else if (stored.mode !== owner.mode || stored.source !== owner.source) {
      db.close();
      throw new TwinlegError(
        'STORE_FOREIGN',
        `the store ${file} belongs to ${describe(stored)}, not to ${describe(owner)}`,
        `use another directory with --data DIR, or run with ${describe(stored)}`,
      );
    }
    return storeOn(db, file, owner);
  });
}

/** Opens a store that must be there, whoever owns it: for commands that look or set the trading state. */
export function openExisting(file: string): Database {
  if (!existsSync(file)) {
    throw new TwinlegError(
      'STORE_MISSING',
      `there is no store at ${file}`,
      'start a run first, or name its directory with --data DIR',
    );
  }
  return guarded(file, () => {
    const db = connect(file, false);
    migrate(db, file);
    const owner = readOwner(db);
    if (owner === null) {
      db.close();
      throw new TwinlegError(
        'STORE_CORRUPT',
        `${file} is a database, but not a store of Twinleg`,
        'name the right directory with --data DIR',
      );
    }
    return storeOn(db, file, owner);
  });
}

/** Works on a store that must be there, and lets go of it; what SQLite says meanwhile is told as when it is opened. */
export async function withExisting<T>(file: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openExisting(file);
  try {
    return await work(database);
  } catch (error) {
    throw storeError(file, error);
  } finally {
    database.close();
  }
}

function connect(file: string, durable: boolean): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  db.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}; PRAGMA temp_store = MEMORY;
     PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES};`,
  );
  return db;
}

function migrate(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version === MIGRATIONS.length) return;
  if (version > MIGRATIONS.length) {
    db.close();
    throw new TwinlegError(
      'STORE_NEWER',
      `the store ${file} has schema version ${version}; this program knows up to ${MIGRATIONS.length}`,
      'update Twinleg, or use another directory with --data DIR',
    );
  }
  db.exec('BEGIN IMMEDIATE');
  try {
    const now = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    for (const migration of MIGRATIONS.slice(now)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function readOwner(db: DatabaseSync): StoreOwner | null {
  const rows = db.prepare("SELECT name, value FROM meta WHERE name IN ('mode', 'source')").all();
  const values = Object.fromEntries(rows.map((row) => [row.name, row.value]));
  const { mode, source } = values;
  return typeof mode === 'string' && typeof source === 'string' ? { mode, source } : null;
}

function writeOwner(db: DatabaseSync, owner: StoreOwner): void {
  const insert = db.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)');
  insert.run('mode', owner.mode);
  insert.run('source', owner.source);
}

/** A store on a connection whose schema is the newest. @param file what it is called where something is wrong with it */
export function storeOn(db: DatabaseSync, file: string, owner: StoreOwner): Database {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  return {
    db,
    file,
    owner,
    keys: createKeys(owner.mode, owner.source),
    transaction(run) {
      begin.run();
      try {
        const result = run();
        commit.run();
        return result;
      } catch (error) {
        if (db.isTransaction) rollback.run();
        throw error;
      }
    },
    close: () => db.close(),
  };
}

function describe(owner: StoreOwner): string {
  return `mode ${owner.mode}, source ${owner.source}`;
}

/** Turns what SQLite says about a file into something that a person can act on. */
function guarded<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw storeError(file, error);
  }
}

/** SQLite's result codes that have a remedy of their own; the low byte is the primary code. */
export function storeError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TwinlegError) return error;
  const code = (error as { errcode?: number }).errcode;
  if (code === undefined) return error;
  const primary = code & 0xff;
  const options = { cause: error };
  if (primary === 26 || primary === 11) {
    return new TwinlegError(
      'STORE_CORRUPT',
      `the store ${file} is damaged: ${error.message}`,
      'restore a snapshot into an empty directory, or move the file away',
      options,
    );
  }
  if (primary === 5 || primary === 6) {
    return new TwinlegError(
      'STORE_BUSY',
      `the store ${file} is locked by another program`,
      'stop the other program and try again',
      { ...options, retryable: true },
    );
  }
  if (primary === 13)
    return new TwinlegError('DISK_FULL', `no space is left for the store ${file}`, 'free space on that disk', options);
  if (primary === 14 || primary === 8) {
    return new TwinlegError(
      'STORE_UNREADABLE',
      `the store ${file} cannot be opened: ${error.message}`,
      'check the permissions of its directory',
      options,
    );
  }
  return new TwinlegError(
    'STORE_FAILED',
    `the store ${file} failed: ${error.message}`,
    'see the disk and the system log',
    options,
  );
}
