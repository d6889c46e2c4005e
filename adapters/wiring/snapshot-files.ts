import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inScratch } from '#adapters/scratch.ts';
import type { ListedSnapshot } from '#adapters/store/snapshot/format.ts';
import type { Config } from '#core/config.ts';

type CloudConfig = Pick<Config, 'cloud'>;

/** The snapshots that a stage keeps in its bucket, the oldest first. */
export async function listStage({ cloud }: CloudConfig): Promise<readonly ListedSnapshot[]> {
  const { findSnapshotBucket, openSnapshotBucket } = await import('#adapters/store/snapshot/bucket.ts');
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const name = await findSnapshotBucket(cloud.stage, cloud.region, endpoint);
  const bucket = openSnapshotBucket(name, cloud.region, endpoint);
  try {
    return await bucket.list();
  } finally {
    bucket.close();
  }
}

/** Works on a snapshot as a file here, also where it lies in a bucket: `s3://<bucket>/<name>`. @param region of the bucket */
export async function withSnapshotFile<T>(
  place: string,
  region: () => string,
  work: (file: string) => T | Promise<T>,
): Promise<T> {
  const [, bucketName, name] = /^s3:\/\/([^/]+)\/([^/]+)$/.exec(place) ?? [];
  if (bucketName === undefined || name === undefined) return await work(place);
  const { openSnapshotBucket } = await import('#adapters/store/snapshot/bucket.ts');
  const bucket = openSnapshotBucket(bucketName, region(), process.env.AWS_ENDPOINT_URL);
  try {
    return await inScratch(async (folder) => {
      const file = join(folder, name);
      writeFileSync(file, await bucket.get(name));
      return await work(file);
    });
  } finally {
    bucket.close();
  }
}
