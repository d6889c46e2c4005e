import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { emptyBucket } from '../../infra/deploy/leftovers.ts';
import { openStack } from '../../infra/deploy/stack.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const missing = missingEmulator('ministack');
const image = (name: string) =>
  `000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/twinleg-d1-${name}@sha256:${'1'.repeat(64)}`;

describe(`deploying and removing${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    Object.assign(process.env, emulator.env);
  });
  after(() => emulator.stop());

  function script(name: 'deploy' | 'remove', ...args: string[]) {
    const all = [`infra/deploy/${name}.ts`, '--json', ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd: ROOT, encoding: 'utf8' });
    return { status, stderr, value: stdout === '' ? null : JSON.parse(stdout) };
  }

  test('both refuse a wrong stage and region, and name each', () => {
    for (const name of ['deploy', 'remove'] as const) {
      const { status, stderr } = script(name, '--stage', 'Prod', '--region', 'moon');
      assert.equal(status, 2);
      assert.match(stderr, /Prod[\s\S]*moon/);
    }
  });

  test('a stage comes up by the stack’s own word; it is not removed while its state cannot be saved', async () => {
    const deployed = script(
      'deploy',
      '--stage',
      'd1',
      '--functions-image',
      image('functions'),
      '--gateway-image',
      image('gateway'),
    );
    assert.match(deployed.value.status, /^(CREATE|UPDATE)_COMPLETE$/, deployed.stderr);
    const removed = script('remove', '--stage', 'd1', '--yes');
    assert.equal(removed.status, 1);
    assert.match(removed.stderr, /nothing was removed/);
    assert.match((await openStack('twinleg-d1', 'ap-northeast-2').report()).status, /_COMPLETE$/);
  });

  test('where no stack is left, what was made at run time goes, and nothing of another stage', async () => {
    const sqs = new SQSClient({ region: 'ap-northeast-2' });
    for (const QueueName of ['twinleg-d2-ticks-BTC-USDT', 'twinleg-d22-ticks-BTC-USDT']) {
      await sqs.send(new CreateQueueCommand({ QueueName }));
    }
    const { status, value, stderr } = script('remove', '--stage', 'd2', '--yes');
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
