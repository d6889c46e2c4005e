import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TwinlegError } from '#core/errors.ts';
import { storeError } from '../sqlite/database.ts';
import { TABLES } from '../sqlite/schema.ts';
import { FORMAT, FORMAT_VERSION, type SnapshotHeader, type SnapshotInfo } from './format.ts';

/** Bytes gathered before they are written. */
const CHUNK_BYTES = 1 << 18;

/**
 * Writes all that a store holds, as it is at one moment, into a file: whole on disk under its name, or not there at all.
 * Reads beside whoever trades on the store and holds nobody up.
 *
 * @throws TwinlegError `SNAPSHOT_FAILED` where the file cannot be written, or what the store says
 */
export function saveSnapshot(storeFile: string, target: string, atMs: number): SnapshotInfo {
  const file = resolve(target);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const db = new DatabaseSync(storeFile, { readOnly: true, timeout: 2000 });
    try {
      mkdirSync(dirname(file), { recursive: true });
      const info = write(db, temporary, atMs);
      renameSync(temporary, file);
      syncDirectory(dirname(file));
      return { file, ...info };
    } finally {
      db.close();
    }
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary, { force: true });
    throw failure(storeFile, file, error);
  }
}

function failure(storeFile: string, file: string, error: unknown): unknown {
  const told = storeError(storeFile, error);
  if (told !== error || told instanceof TwinlegError) return told;
  const message = `the snapshot ${file} could not be written: ${error instanceof Error ? error.message : String(error)}`;
  return new TwinlegError('SNAPSHOT_FAILED', message, 'check space and permissions of its directory', { cause: error });
}

function write(db: DatabaseSync, file: string, atMs: number): Omit<SnapshotInfo, 'file'> {
  const out = new HashedFile(file);
  try {
    db.exec('BEGIN');
    const meta = Object.fromEntries(
      db
        .prepare('SELECT name, value FROM meta')
        .all()
        .map(({ name, value }) => [name, String(value)]),
    );
    const header: SnapshotHeader = {
      format: FORMAT,
      formatVersion: FORMAT_VERSION,
      version: Number(db.prepare('PRAGMA user_version').get()?.user_version),
      mode: meta.mode ?? '',
      source: meta.source ?? '',
      atMs,
    };
    out.line(JSON.stringify(header));
    let rows = 0;
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const there = new Set(names.map(({ name }) => name));
    for (const table of TABLES) if (there.has(table)) rows += writeTable(db, table, out);
    const symbols = Number(db.prepare('SELECT count(*) AS n FROM symbol_state').get()?.n);
    db.exec('COMMIT');
    const sha256 = out.digest();
    out.line(JSON.stringify({ sha256, rows, symbols }));
    const bytes = out.finish();
    const { version, mode, source } = header;
    return { version, symbols, sha256, rows, bytes, mode, source, atMs };
  } finally {
    out.close();
  }
}

/** Rows in the order of their making; what expires is left out, as it is made anew within seconds. */
function writeTable(db: DatabaseSync, table: string, out: HashedFile): number {
  const select = db.prepare(`SELECT * FROM ${table}${table === 'item' ? ' WHERE expires_at_ms IS NULL' : ''}`);
  select.setReturnArrays(true);
  const columns = select.columns().map(({ name }) => name);
  out.line(JSON.stringify({ table, columns }));
  let rows = 0;
  for (const row of select.iterate()) {
    out.line(JSON.stringify(row));
    rows++;
  }
  return rows;
}

/** A new file that is written in large pieces, hashed on the way and put on the disk before it counts as whole. */
class HashedFile {
  readonly #fd: number;
  readonly #hash = createHash('sha256');
  #pending: string[] = [];
  #pendingLength = 0;
  #bytes = 0;
  #open = true;

  constructor(file: string) {
    this.#fd = openSync(file, 'w');
  }

  line(text: string): void {
    this.#pending.push(text, '\n');
    this.#pendingLength += text.length;
    if (this.#pendingLength >= CHUNK_BYTES) this.#flush();
  }

  /** The checksum of all lines so far. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  finish(): number {
    this.#flush();
    fsyncSync(this.#fd);
    this.close();
    return this.#bytes;
  }

  close(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }

  #flush(): void {
    const chunk = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#pendingLength = 0;
    this.#hash.update(chunk);
    for (let done = 0; done < chunk.length; ) done += writeSync(this.#fd, chunk, done);
    this.#bytes += chunk.length;
  }
}

/** A rename counts only once the directory itself is on the disk; some systems cannot do it for directories. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
