/**
 * A snapshot is one text file: a header, then of each table its name and columns and its rows as arrays, then a closing
 * line with the checksum of all before it. Each line is JSON.
 */
export const FORMAT = 'twinleg-snapshot';
/** Of this layout; the store's schema has its own version in the header. */
export const FORMAT_VERSION = 1;

export interface SnapshotHeader {
  readonly format: typeof FORMAT;
  readonly formatVersion: number;
  /** Version of the store's schema. */
  readonly version: number;
  readonly mode: string;
  readonly source: string;
  readonly atMs: number;
}

export interface SnapshotEnd {
  /** SHA-256 of all lines before this one, their ends included. */
  readonly sha256: string;
  readonly rows: number;
  readonly symbols: number;
}

export interface TableLine {
  readonly table: string;
  readonly columns: readonly string[];
}

/** What is told of a snapshot. */
export interface SnapshotInfo {
  readonly file: string;
  readonly version: number;
  readonly symbols: number;
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
  readonly mode: string;
  readonly source: string;
  readonly atMs: number;
}

/** A snapshot as a list of them names it. */
export interface ListedSnapshot {
  /** Its path, or its place in a bucket: `s3://<bucket>/<name>`. */
  readonly file: string;
  readonly bytes: number;
  /** The moment of its state. */
  readonly atMs: number;
}
