import { readFileSync } from 'node:fs';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { TwinlegError } from '#core/errors.ts';
import type { ListedSnapshot } from './format.ts';
import { snapshotMs } from './schedule.ts';

/** Where a stage's snapshots are kept on schedule. */
export interface SnapshotBucket {
  /** Ascending by the moments of their state. */
  list(): Promise<readonly ListedSnapshot[]>;
  put(name: string, file: string): Promise<void>;
  get(name: string): Promise<Uint8Array>;
  /** Removes all but the newest; the bucket keeps versions of them for a while. @returns how many */
  rotate(keep: number): Promise<number>;
  close(): void;
}

/** @param endpoint an address that is not AWS's own */
export function openSnapshotBucket(bucket: string, region: string, endpoint: string | undefined): SnapshotBucket {
  const client = clientOf(region, endpoint);

  async function list(): Promise<ListedSnapshot[]> {
    const found: ListedSnapshot[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      for (const { Key = '', Size = 0 } of Contents) {
        const atMs = snapshotMs(Key);
        if (atMs !== null) found.push({ file: `s3://${bucket}/${Key}`, bytes: Size, atMs });
      }
    }
    return found.sort((a, b) => a.atMs - b.atMs);
  }

  return {
    list: () => told(bucket, list),
    put: (name, file) =>
      told(bucket, async () => {
        const Body = readFileSync(file);
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: name, Body, ContentType: 'application/x-ndjson' }),
        );
      }),
    get: (name) =>
      told(bucket, async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      }),
    rotate: (keep) =>
      told(bucket, async () => {
        const all = await list();
        const old = all.slice(0, Math.max(0, all.length - keep));
        for (const { file } of old) {
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: file.split('/').at(-1) }));
        }
        return old.length;
      }),
    close: () => client.destroy(),
  };
}

/**
 * The bucket of a stage, by the name that its stack gives it.
 *
 * @throws TwinlegError `SNAPSHOT_BUCKET` where there is none
 */
export async function findSnapshotBucket(stage: string, region: string, endpoint: string | undefined): Promise<string> {
  const client = clientOf(region, endpoint);
  const prefix = `twinleg-${stage}-snapshots-`;
  try {
    const { Buckets = [] } = await told(prefix, () => client.send(new ListBucketsCommand({ Prefix: prefix })));
    // An account's number follows: of another stage something else would.
    const found = Buckets.find(({ Name = '' }) => Name.startsWith(prefix) && /^\d*$/.test(Name.slice(prefix.length)));
    if (found?.Name !== undefined) return found.Name;
  } finally {
    client.destroy();
  }
  const remedy = 'deploy the stage, or name another with cloud.stage and cloud.region';
  throw new TwinlegError('SNAPSHOT_BUCKET', `there is no bucket ${prefix}<account>`, remedy);
}

function clientOf(region: string, endpoint: string | undefined): S3Client {
  return new S3Client({ region, ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }) });
}

async function told<T>(bucket: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TwinlegError) throw cause;
    const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new TwinlegError(
      'SNAPSHOT_BUCKET',
      `the bucket ${bucket} failed: ${message}`,
      'check its name, the region and the permissions (s3:ListBucket, GetObject, PutObject, DeleteObject)',
      { cause },
    );
  }
}
