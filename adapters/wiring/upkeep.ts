import { join } from 'node:path';
import { inScratch } from '#adapters/scratch.ts';
import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import { rollUpKpis } from '#adapters/store/dynamodb/kpis.ts';
import { findOwner } from '#adapters/store/dynamodb/owner.ts';
import { createSnapshotLog, type SnapshotLog } from '#adapters/store/dynamodb/snapshot/log.ts';
import { createTableKeys, type TableKeys } from '#adapters/store/keys.ts';
import { openSnapshotBucket, type SnapshotBucket } from '#adapters/store/snapshot/bucket.ts';
import { snapshotName } from '#adapters/store/snapshot/schedule.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import type { Config } from '#core/config.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import { openTable } from './stage-table.ts';
import { saveTableOf } from './table-snapshot.ts';

/** Names the bucket; without it no snapshots are kept. */
const BUCKET_VARIABLE = 'TWINLEG_SNAPSHOT_BUCKET';
/** Longest that one request may take, ms: a page is a megabyte. */
const REQUEST_MS = 10_000;
/** Whoever calls each minute is early by less, ms. */
const EARLY_MS = 30_000;
/** One that began so long ago ended with its function, ms: a minute more than the stack gives `housekeep`. */
export const UNFINISHED_MS = 660_000;
/** After a failure the next try comes so much sooner than a next snapshot would: each reads, and costs, as much. */
const SOONER = 36;

export type SnapshotOutcome = 'saved' | 'not due' | 'failed' | 'nothing to save' | 'no bucket';

/** What a stage needs now and then beside its trading. */
export interface Upkeep {
  /** Counts closed positions into the stored figures. @returns how many */
  rollUp(nowMs: number): Promise<number>;
  /** Saves a snapshot into the bucket where one is due, and lets go of the oldest. Tells failures by an alert; never rejects. */
  snapshot(nowMs: number): Promise<{ readonly outcome: SnapshotOutcome; readonly detail: string }>;
}

interface UpkeepParts {
  readonly access: TableAccess;
  readonly bucket: SnapshotBucket | null;
  readonly config: Pick<Config, 'snapshot'>;
  readonly store: Pick<CloudStore, 'record'>;
}

/** The upkeep of the stage that an environment names. */
export function openUpkeep(
  config: Config,
  store: Pick<CloudStore, 'record'>,
  env: Readonly<Record<string, string | undefined>>,
): Upkeep {
  const { cloud } = config;
  const endpoint = env.AWS_ENDPOINT_URL;
  const access = openTable(config, { endpoint, requestMs: REQUEST_MS });
  const name = env[BUCKET_VARIABLE];
  const bucket = name === undefined ? null : openSnapshotBucket(name, cloud.region, endpoint);
  return createUpkeep({ access, bucket, config, store });
}

export function createUpkeep({ access, bucket, config, store }: UpkeepParts): Upkeep {
  let keys: TableKeys | null = null;
  /** A table has one owner for ever; null while it has none. */
  async function keysOf(): Promise<TableKeys | null> {
    const owner = keys === null ? await findOwner(access) : null;
    if (owner !== null) keys = createTableKeys(owner.mode, owner.source);
    return keys;
  }

  async function save(nowMs: number): Promise<{ outcome: SnapshotOutcome; detail: string }> {
    if (bucket === null) return { outcome: 'no bucket', detail: `${BUCKET_VARIABLE} names none` };
    const its = await keysOf();
    if (its === null) return { outcome: 'nothing to save', detail: 'nothing has traded on the table yet' };
    const log = createSnapshotLog(access, its);
    const before = await log.read();
    const dueMs = dueAt(before);
    if (nowMs < dueMs) return { outcome: 'not due', detail: `due at ${dueMs}` };
    const failed = async (reason: string) => {
      if (before.failingSinceMs === null) await store.record([], [raise('SNAPSHOT_SAVE_FAILED', '', nowMs, reason)]);
      await log.failed(nowMs);
    };
    if (before.beganAtMs !== null) {
      const reason = 'the one before did not come to its end in its time';
      await failed(reason);
      return { outcome: 'failed', detail: reason };
    }
    await log.begin(nowMs);
    try {
      const detail = await saveInto(bucket, nowMs);
      if (before.failingSinceMs !== null) {
        await store.record([], [resolve('SNAPSHOT_SAVE_FAILED', '', nowMs, 'a snapshot was saved')]);
      }
      await log.saved(nowMs);
      return { outcome: 'saved', detail };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await failed(reason);
      return { outcome: 'failed', detail: reason };
    }
  }

  function dueAt({ savedAtMs, failingSinceMs, beganAtMs, triedAtMs }: SnapshotLog): number {
    if (beganAtMs !== null) return beganAtMs + UNFINISHED_MS;
    const everyMs = config.snapshot.everySeconds * 1000;
    if (failingSinceMs !== null) return (triedAtMs ?? 0) + everyMs / SOONER - EARLY_MS;
    return (savedAtMs ?? 0) + everyMs - EARLY_MS;
  }

  async function saveInto(into: SnapshotBucket, nowMs: number): Promise<string> {
    return await inScratch(async (folder) => {
      const name = snapshotName(nowMs);
      const { bytes, symbols, sha256 } = await saveTableOf(access, join(folder, name), nowMs);
      await into.put(name, join(folder, name));
      const removed = await into.rotate(config.snapshot.keep);
      return `${name}: ${symbols} symbols, ${bytes} bytes, ${sha256}; ${removed} older ones removed`;
    });
  }

  return {
    async rollUp(nowMs) {
      const its = await keysOf();
      return its === null ? 0 : await rollUpKpis(access, its, nowMs);
    },
    snapshot: (nowMs) =>
      save(nowMs).catch((error: unknown) => ({
        outcome: 'failed',
        detail: error instanceof Error ? error.message : String(error),
      })),
  };
}
