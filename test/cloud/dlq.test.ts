import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDeadLetters } from '#adapters/bus/sqs/dead-letters.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { encodeWork } from '#adapters/bus/sqs/work.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const BIN = fileURLToPath(new URL('../../bin/twinleg.js', import.meta.url));
const missing = missingEmulator('ministack');
const routing = createRouting({ stage: 'dlq1', queueLayout: 'per-symbol', shards: 4 });
const WORK = encodeWork({ symbol: 'BTC/USDT', positionId: 'p1', dueAtMs: 1, version: 3 });
const TICK = '{"v":1,"kind":"tick","symbol":"BTC/USDT"}';

describe(`twinleg dlq${missing === undefined ? '' : ` (${missing})`}`, { skip: missing !== undefined }, () => {
  let emulator: Emulator;
  let sqs: SQSClient;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    sqs = new SQSClient({
      endpoint: emulator.url,
      region: 'ap-northeast-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  after(async () => {
    sqs.destroy();
    await emulator.stop();
  });

  function twinleg(...args: string[]) {
    const all = [BIN, 'dlq', ...args, '--wiring', 'cloud', '--set', 'cloud.stage=dlq1', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, all, {
      encoding: 'utf8',
      env: { ...process.env, ...emulator.env },
    });
    return { status, stderr, value: stdout === '' ? null : JSON.parse(stdout) };
  }

  test('a stage that is not there is said so, with what to do', () => {
    const { status, stderr } = twinleg('list');
    assert.equal(status, 1);
    assert.match(stderr, /dead-letters.*\n.*cloud\.stage/s);
  });

  test('lists what lies there, sends work again and leaves a tick', async () => {
    for (const QueueName of [routing.deadLetters, routing.work, routing.workFailed]) {
      await sqs.send(new CreateQueueCommand({ QueueName }));
    }
    assert.deepEqual(twinleg('list').value, []);
    const urls = createQueueUrls(sqs);
    const letters = createDeadLetters(sqs, urls, routing);
    const detail = 'version 9; this deployment understands 1';
    await letters.put({ queue: 'twinleg-dlq1-ticks-BTC-USDT', reason: 'unknown_version', detail, atMs: 1, body: TICK });
    await sqs.send(new SendMessageCommand({ QueueUrl: await urls.of(routing.workFailed), MessageBody: WORK }));
    const listed = twinleg('list').value as { id: string; reason: string; body: string }[];
    assert.deepEqual(listed.map(({ reason }) => reason).sort(), ['retries_exhausted', 'unknown_version']);
    assert.equal(twinleg('list').value.length, 2, 'what was listed is seen again at once');
    const replayed = twinleg('replay').value as { body: string; replayed: boolean }[];
    assert.deepEqual(
      new Map(replayed.map((row) => [row.body, row.replayed])),
      new Map([
        [TICK, false],
        [WORK, true],
      ]),
    );
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: await urls.of(routing.work) }));
    assert.equal(Messages?.[0]?.Body, WORK);
    const left = twinleg('list').value as { reason: string }[];
    assert.deepEqual(
      left.map(({ reason }) => reason),
      ['unknown_version'],
    );
  });

  test('an alert that could not be handled is shown, and is not sent again: its history tells it', async () => {
    const Attributes = { FifoQueue: 'true' };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: routing.alertsFailed, Attributes }));
    const MessageBody = '{"kind":"alert"}';
    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'p0', MessageDeduplicationId: 'a1' }),
    );
    const shown = (twinleg('list').value as { queue: string; body: string }[]).filter(
      ({ body }) => body === MessageBody,
    );
    assert.deepEqual(
      shown.map(({ queue }) => queue),
      [routing.alerts],
    );
    const replayed = twinleg('replay').value as { body: string; replayed: boolean }[];
    assert.equal(replayed.find(({ body }) => body === MessageBody)?.replayed, false);
  });

  test('an id that is not there, and another wiring, are refused', () => {
    assert.equal(twinleg('replay', 'nobody').status, 1);
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'dlq', 'list'], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /--wiring cloud/);
  });
});
