import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { auditTable } from '#adapters/store/dynamodb/audit.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import { createSnapshotLog } from '#adapters/store/dynamodb/snapshot/log.ts';
import { createTableKeys } from '#adapters/store/keys.ts';
import { openSnapshotBucket } from '#adapters/store/snapshot/bucket.ts';
import { createUpkeep, type Upkeep } from '#adapters/wiring/upkeep.ts';
import type { Alert } from '#core/alerts/types.ts';
import { Cli } from '../support/cli.ts';
import { filledSnapshot } from '../support/contract/snapshot.ts';
import { positionSteps, request } from '../support/contract/store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { tradeRoundTrips } from '../support/round-trips.ts';
import { snapshotTable } from '../support/snapshot-table.ts';

const missing = missingEmulator('ministack');
const OWNER = { mode: 'paper', source: 'simulator' };
const KEYS = createTableKeys(OWNER.mode, OWNER.source);
const MINUTE_MS = 60_000;

describe(`upkeep of a stage${missing === undefined ? '' : ` (${missing})`}`, { skip: missing !== undefined }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-upkeep-'));
  let emulator: Emulator;
  let s3: S3Client;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    Object.assign(process.env, emulator.env);
    s3 = new S3Client({ forcePathStyle: true });
  });
  after(async () => {
    s3.destroy();
    await emulator.stop();
    rmSync(folder, { recursive: true });
  });

  async function opened(everySeconds = 300) {
    const table = await snapshotTable(emulator);
    const Bucket = `${table.table}-snapshots-000000000000`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const bucket = openSnapshotBucket(Bucket, emulator.env.AWS_REGION!, emulator.url);
    const config = { snapshot: { everySeconds, keep: 2 } };
    const upkeep: Upkeep = createUpkeep({ access: table.access, bucket, config, store: table.open() });
    const alerts = async () =>
      (await table.access.query(KEYS.partition('raised')))
        .filter((item) => item.restored === undefined)
        .map((item) => JSON.parse(item.body!.S!) as Alert)
        .map(({ code, kind }) => `${code} ${kind}`);
    return { table, Bucket, bucket, upkeep, alerts };
  }

  test('snapshots are saved when due, the newest are kept, their versions stay; listed and restored from the bucket', async () => {
    const { table, Bucket, bucket, upkeep, alerts } = await opened();
    await table.restore(filledSnapshot(folder, 900, 2).file);
    const startMs = Date.now();
    const outcomes: string[] = [];
    for (let minute = 0; minute <= 15; minute++) {
      outcomes.push((await upkeep.snapshot(startMs + minute * MINUTE_MS)).outcome);
    }
    assert.deepEqual(
      outcomes.flatMap((outcome, minute) => (outcome === 'saved' ? [minute] : [])),
      [0, 5, 10, 15],
    );
    const kept = await bucket.list();
    assert.deepEqual(
      kept.map(({ atMs }) => atMs),
      [startMs + 10 * MINUTE_MS, startMs + 15 * MINUTE_MS],
    );
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    assert.equal(Versions.length, 4, 'what was let go of can still be found');
    assert.deepEqual(await alerts(), []);

    const env = { ...emulator.env };
    const there = ['--wiring', 'cloud', '--set', `cloud.stage=${table.table.replace('twinleg-', '')}`, '--json'];
    const listed = await new Cli(['snapshot', 'list', ...there], { env }).done;
    assert.deepEqual(JSON.parse(listed.stdout), kept, listed.stderr);
    const data = join(folder, 'from-bucket');
    const newest = kept.at(-1)!.file;
    assert.equal((await new Cli(['snapshot', 'verify', newest], { env }).done).code, 0);
    const restored = await new Cli(['snapshot', 'restore', newest, '--data', data], { env }).done;
    assert.equal(restored.code, 0, restored.stderr);
  });

  test('one that fails is an alert, once, until one is saved again; one that never ended counts as failed', async () => {
    const { table, Bucket, upkeep, alerts } = await opened();
    const startMs = Date.now();
    const at = (minute: number) => upkeep.snapshot(startMs + minute * MINUTE_MS);
    assert.equal((await at(0)).outcome, 'saved');
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    for (const { Key, VersionId } of Versions) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    assert.equal((await at(5)).outcome, 'failed');
    assert.match((await at(6)).detail, /the bucket .* failed: NoSuchBucket/);
    assert.deepEqual(await alerts(), ['SNAPSHOT_SAVE_FAILED fired']);
    await s3.send(new CreateBucketCommand({ Bucket }));
    assert.equal((await at(7)).outcome, 'saved');
    assert.equal((await at(8)).outcome, 'not due');
    assert.deepEqual(await alerts(), ['SNAPSHOT_SAVE_FAILED fired', 'SNAPSHOT_SAVE_FAILED resolved']);
    const log = createSnapshotLog(table.access, KEYS);
    await log.begin(startMs + 12 * MINUTE_MS);
    assert.equal((await at(13)).outcome, 'not due', 'it may be under way');
    assert.equal((await at(22)).outcome, 'not due');
    assert.match((await at(23)).detail, /did not come to its end/);
    assert.equal((await at(24)).outcome, 'saved');
    assert.equal((await alerts()).filter((alert) => alert.endsWith('fired')).length, 2);
    const { saved, failed, beganAtMs, failingSinceMs } = await log.read();
    assert.deepEqual(
      { saved, failed, beganAtMs, failingSinceMs },
      { saved: 3, failed: 3, beganAtMs: null, failingSinceMs: null },
    );
  });

  test('where each fails, a large table is not read each minute: ten minutes of six hours lie between two tries', async () => {
    const { Bucket, upkeep } = await opened(21_600);
    await s3.send(new DeleteBucketCommand({ Bucket }));
    const startMs = Date.now();
    const failed: number[] = [];
    for (let minute = 0; minute <= 15; minute++) {
      if ((await upkeep.snapshot(startMs + minute * MINUTE_MS)).outcome === 'failed') failed.push(minute);
    }
    assert.deepEqual(failed, [0, 10]);
  });

  test('figures that are rolled up are those of all closed positions', async () => {
    const { table, upkeep } = await opened();
    const records = createDynamoRecords(table.access, OWNER, table.open());
    const { file } = filledSnapshot(folder, 2500, 7);
    await table.restore(file);
    const whole = (await records.kpis()).report();
    assert.ok(whole.total.trades! > 3);
    const trades = await records.trades();
    const middleMs = trades[Math.floor(trades.length / 2)]!.closedAtMs! + MINUTE_MS;
    const first = await upkeep.rollUp(middleMs);
    assert.ok(first > 0 && first < trades.length, `${first} of ${trades.length}`);
    assert.deepEqual((await records.kpis()).report(), whole);
    assert.equal(await upkeep.rollUp(middleMs), 0, 'twice changes nothing');
    const audit = await auditTable(table.access, OWNER);
    assert.deepEqual(
      audit.filter(({ ok }) => !ok),
      [],
    );
  });

  test('a position that was open while figures were rolled up is counted once it has closed', async () => {
    const { table, upkeep } = await opened();
    const store = table.open();
    const records = createDynamoRecords(table.access, OWNER, store);
    for (let i = 0; i < positionSteps; i++) {
      assert.equal(await upkeep.rollUp(Date.now()), 0, 'years after it was decided');
      assert.equal((await store.commit(request(i))).ok, true);
    }
    assert.equal((await records.kpis()).report().total.trades, 1);
    assert.equal(await upkeep.rollUp(Date.now()), 1);
    assert.equal((await records.kpis()).report().total.trades, 1);
  });

  test('what is history expires by itself, trades and state never', async () => {
    const { table } = await opened();
    const trading = tradeRoundTrips(table.open(), 1);
    await trading.hasTraded;
    await trading.stop();
    const expires = async (partition: string) =>
      (await table.access.query(partition)).map(({ expiresAt }) => expiresAt !== undefined);
    const decisions = await expires(KEYS.partition('decision', 'C0/USDT'));
    assert.ok(decisions.length > 0 && decisions.every(Boolean));
    for (const kind of ['position', 'symbol', 'exposure', 'tally', 'balance'] as const) {
      const items = await expires(KEYS.partition(kind));
      assert.ok(items.length > 0 && !items.some(Boolean), kind);
    }
  });
});
