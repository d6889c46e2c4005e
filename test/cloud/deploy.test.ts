import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { emptyBucket } from '../../infra/deploy/leftovers.ts';
import { everythingOf, IMAGES, runScript } from '../support/cloud/deployment.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const missing = missingEmulator('ministack');

describe(`deploying and removing${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    Object.assign(process.env, emulator.env);
  });
  after(() => emulator.stop());

  test('both refuse a wrong stage and region, and name each', async () => {
    for (const name of ['deploy', 'remove'] as const) {
      const { status, stderr } = await runScript(name, ['--stage', 'Prod', '--region', 'moon']);
      assert.equal(status, 2);
      assert.match(stderr, /Prod[\s\S]*moon/);
    }
  });

  test('no credentials, no AWS, no configuration file: each is said with its remedy, and nothing is changed', async () => {
    const here = { ...process.env };
    const asked = async (env: Record<string, string>, ...more: string[]) => {
      for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
      Object.assign(process.env, env);
      try {
        const { status, value } = await runScript('deploy', ['--stage', 'd5', ...IMAGES, ...more]);
        return [status, value.error.code];
      } finally {
        Object.assign(process.env, here);
      }
    };
    const nowhere = join(tmpdir(), 'twinleg-none');
    const nobody = {
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_CONFIG_FILE: nowhere,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    assert.deepEqual(await asked({ ...nobody, AWS_ENDPOINT_URL: emulator.url }), [1, 'AWS_CREDENTIALS']);
    assert.deepEqual(await asked({ ...emulator.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }), [1, 'AWS_UNREACHABLE']);
    assert.deepEqual(await asked(emulator.env, '--config', nowhere), [2, 'CONFIG_INVALID']);
    assert.deepEqual(await everythingOf('d5'), []);
  });

  test('one that rolled back is noticed with its cause, and the next one heals it', async () => {
    const s3 = new S3Client({ region: 'ap-northeast-2', forcePathStyle: true });
    const Bucket = 'twinleg-d4-snapshots-000000000000';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const failed = await runScript('deploy', ['--stage', 'd4', ...IMAGES]);
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /twinleg-d4 is [A-Z_]*ROLLBACK[A-Z_]*[\s\S]*SnapshotBucket.*exists/);
    await s3.send(new DeleteBucketCommand({ Bucket }));
    s3.destroy();
    const healed = await runScript('deploy', ['--stage', 'd4', ...IMAGES]);
    assert.match(healed.value.status, /^(CREATE|UPDATE)_COMPLETE$/, healed.stderr);
    const formation = new CloudFormationClient();
    const { Stacks } = await formation.send(new DescribeStacksCommand({ StackName: 'twinleg-d4' }));
    formation.destroy();
    const tags = Object.fromEntries((Stacks![0]!.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    assert.deepEqual([tags.app, tags.stage], ['twinleg', 'd4'], 'what is made of the stack carries its tags');
  });

  test('where no stack is left, what was made at run time goes, and nothing of another stage', async () => {
    const sqs = new SQSClient({ region: 'ap-northeast-2' });
    for (const QueueName of ['twinleg-d2-ticks-BTC-USDT', 'twinleg-d22-ticks-BTC-USDT']) {
      await sqs.send(new CreateQueueCommand({ QueueName }));
    }
    const { status, value, stderr } = await runScript('remove', ['--stage', 'd2', '--yes']);
    assert.equal(status, 0, stderr);
    assert.equal(value.removedQueues, 1);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'twinleg-d2' }));
    assert.deepEqual(
      QueueUrls.map((url) => url.split('/').at(-1)),
      ['twinleg-d22-ticks-BTC-USDT'],
    );
    sqs.destroy();
  });

  test('a versioned bucket is emptied of every version', async () => {
    const s3 = await import('@aws-sdk/client-s3');
    const client = new s3.S3Client({ region: 'ap-northeast-2', forcePathStyle: true });
    const Bucket = 'twinleg-d3-snapshots';
    await client.send(new s3.CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    for (const Body of ['one', 'two']) await client.send(new s3.PutObjectCommand({ Bucket, Key: 'snapshot', Body }));
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'snapshot' }));
    assert.equal(await emptyBucket(Bucket, 'ap-northeast-2'), 3);
    await client.send(new s3.DeleteBucketCommand({ Bucket }));
    assert.equal(await emptyBucket(Bucket, 'ap-northeast-2'), 0, 'one that is gone is empty');
    client.destroy();
  });
});
