import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TwinlegError } from '#core/errors.ts';
import { auditStore } from '../sqlite/audit.ts';
import { type Database, openExisting, type StoreOwner, storeOn } from '../sqlite/database.ts';
import { lockDirectory } from '../sqlite/lock.ts';
import { MIGRATIONS, TABLES } from '../sqlite/schema.ts';
import {
  FORMAT,
  FORMAT_VERSION,
  type SnapshotEnd,
  type SnapshotHeader,
  type SnapshotInfo,
  type TableLine,
} from './format.ts';

/** Name, in `meta`, of how often a store came out of a snapshot. */
export const RESTORES = 'restores';

/** How often a store, or the one that its snapshot came from, was restored. */
export function restoresOf({ db }: Database): number {
  return Number(db.prepare('SELECT value FROM meta WHERE name = ?').get(RESTORES)?.value ?? 0);
}

interface Snapshot {
  readonly info: SnapshotInfo;
  readonly header: SnapshotHeader;
  /** Table lines and rows, in order. */
  readonly lines: readonly string[];
}

/**
 * Proves that a snapshot could be restored, by restoring it into memory, and that what it holds adds up.
 *
 * @throws TwinlegError `SNAPSHOT_MISSING`, `SNAPSHOT_CORRUPT`, `SNAPSHOT_NEWER` or `SNAPSHOT_UNSOUND`
 */
export function verifySnapshot(file: string): SnapshotInfo {
  const snapshot = readSnapshot(file);
  const db = new DatabaseSync(':memory:');
  try {
    fill(db, snapshot);
    const { mode, source } = snapshot.info;
    const wrong = auditStore(storeOn(db, file, { mode, source })).filter(({ ok }) => !ok);
    if (wrong.length === 0) return snapshot.info;
    throw new TwinlegError(
      'SNAPSHOT_UNSOUND',
      `the snapshot ${file} can be restored, but does not add up: ${wrong.map((each) => `${each.name}: ${each.detail}`).join('; ')}`,
      'find out why with npx twinleg doctor --store on its store; an older snapshot may be sound',
    );
  } finally {
    db.close();
  }
}

/**
 * Makes a store file out of a snapshot where there is none.
 *
 * @throws TwinlegError as `verifySnapshot`, but for what does not add up
 */
export function unpackSnapshot(file: string, storeFile: string): SnapshotInfo {
  const snapshot = readSnapshot(file);
  const db = new DatabaseSync(storeFile);
  try {
    db.exec('PRAGMA synchronous = OFF');
    fill(db, snapshot);
  } finally {
    db.close();
  }
  return snapshot.info;
}

/**
 * Makes the store of a data directory out of a snapshot: whole, or not at all.
 *
 * @param expected whose snapshot it has to be, as far as that is known
 * @throws TwinlegError as `verifySnapshot`; `SNAPSHOT_FOREIGN`; `STORE_NOT_EMPTY`; `STORE_IN_USE`
 */
export function restoreSnapshot(
  file: string,
  dataDir: string,
  storeName: string,
  expected: Partial<StoreOwner>,
): SnapshotInfo {
  const snapshot = readSnapshot(file);
  refuseForeign(snapshot.info, expected);
  const lock = lockDirectory(dataDir);
  const store = join(dataDir, storeName);
  const temporary = `${store}.restoring`;
  try {
    refuseFull(store, snapshot.info);
    remove(temporary);
    const db = new DatabaseSync(temporary);
    try {
      db.exec('PRAGMA synchronous = FULL');
      fill(db, snapshot);
      countRestore(db);
    } finally {
      db.close();
    }
    remove(store);
    renameSync(temporary, store);
    return snapshot.info;
  } finally {
    remove(temporary);
    lock.release();
  }
}

/** @throws TwinlegError `SNAPSHOT_FOREIGN` */
export function refuseForeign({ file, mode, source }: SnapshotInfo, expected: Partial<StoreOwner>): void {
  const isForeign = (mine: string | undefined, its: string) => mine !== undefined && mine !== its;
  if (!isForeign(expected.mode, mode) && !isForeign(expected.source, source)) return;
  throw new TwinlegError(
    'SNAPSHOT_FOREIGN',
    `${file} belongs to mode ${mode}, source ${source}, not to mode ${expected.mode ?? mode}, source ${expected.source ?? source}`,
    'name a snapshot of the same mode, source and account, or another directory with --data DIR',
  );
}

/** Only a store in which nothing happened may be replaced. */
function refuseFull(store: string, info: SnapshotInfo): void {
  if (!existsSync(store)) return;
  const database = openExisting(store);
  try {
    refuseForeign(info, database.owner);
    const { db } = database;
    const full = TABLES.filter((table) => table !== 'meta' && table !== 'run').find((table) => {
      const lasting = table === 'item' ? ' WHERE expires_at_ms IS NULL' : '';
      return Number(db.prepare(`SELECT count(*) AS n FROM ${table}${lasting}`).get()?.n) > 0;
    });
    if (full === undefined) return;
  } finally {
    database.close();
  }
  throw new TwinlegError(
    'STORE_NOT_EMPTY',
    `the store ${store} holds data; a snapshot is restored into an empty one alone`,
    'name an empty directory with --data DIR, or empty a paper store with npx twinleg reset',
  );
}

function remove(store: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${store}${end}`, { force: true });
}

function countRestore(db: DatabaseSync): void {
  db.prepare(`INSERT INTO meta (name, value) VALUES (?, '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`).run(RESTORES);
}

/** Builds the store as it was, then brings it to the newest schema. */
function fill(db: DatabaseSync, { info, header, lines }: Snapshot): void {
  try {
    db.exec('BEGIN');
    for (const migration of MIGRATIONS.slice(0, header.version)) db.exec(migration);
    let insert: ReturnType<DatabaseSync['prepare']> | undefined;
    for (const line of lines) {
      const parsed: unknown = JSON.parse(line);
      if (Array.isArray(parsed)) insert?.run(...parsed);
      else insert = db.prepare(insertInto(parsed as TableLine));
    }
    for (const migration of MIGRATIONS.slice(header.version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (cause) {
    throw corrupt(info.file, `its rows do not fit the store: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

function insertInto({ table, columns }: TableLine): string {
  const names = [table, ...columns];
  const odd = names.find((name) => !/^[a-z_]+$/.test(name));
  if (odd !== undefined) throw new Error(`${JSON.stringify(odd)} is no name`);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

function readSnapshot(file: string): Snapshot {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (cause) {
    const message = `the snapshot ${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    throw new TwinlegError('SNAPSHOT_MISSING', message, 'check the name and its permissions', { cause });
  }
  const header = readHeader(file, content);
  const endAt = content.lastIndexOf(0x0a, content.length - 2) + 1;
  const end = parseLine<SnapshotEnd>(content.toString('utf8', endAt));
  if (end === null || typeof end.sha256 !== 'string' || content.at(-1) !== 0x0a)
    throw corrupt(file, 'its end is missing');
  const body = content.subarray(0, endAt);
  if (createHash('sha256').update(body).digest('hex') !== end.sha256)
    throw corrupt(file, 'its checksum does not match');
  const lines = body.toString('utf8').trimEnd().split('\n').slice(1);
  const { version, mode, source, atMs } = header;
  const { sha256, rows, symbols } = end;
  return { header, lines, info: { file, version, symbols, sha256, rows, bytes: content.length, mode, source, atMs } };
}

function readHeader(file: string, content: Buffer): SnapshotHeader {
  const firstEnd = content.indexOf(0x0a);
  const header = parseLine<SnapshotHeader>(content.toString('utf8', 0, Math.max(0, firstEnd)));
  if (header?.format !== FORMAT || !Number.isInteger(header.version) || header.version < 1) {
    throw corrupt(file, 'it does not begin as one');
  }
  if (header.formatVersion > FORMAT_VERSION || header.version > MIGRATIONS.length) {
    throw new TwinlegError(
      'SNAPSHOT_NEWER',
      `the snapshot ${file} has version ${header.version}; this program knows up to ${MIGRATIONS.length}`,
      'update Twinleg, or name an older snapshot',
    );
  }
  return header;
}

function parseLine<T>(line: string): T | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as T) : null;
  } catch {
    return null;
  }
}

function corrupt(file: string, why: string, cause?: unknown): TwinlegError {
  const message = `the snapshot ${file} is damaged: ${why}`;
  return new TwinlegError(
    'SNAPSHOT_CORRUPT',
    message,
    'name another snapshot; npx twinleg snapshot verify tells which is sound',
    { cause },
  );
}
