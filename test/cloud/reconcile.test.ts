import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateFunctionCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ControlCalls } from '#adapters/bus/sqs/control-calls.ts';
import { createQueueControl } from '#adapters/bus/sqs/queue-control.ts';
import { reconcile } from '#adapters/bus/sqs/reconciler.ts';
import { createRouting, type Routing } from '#adapters/bus/sqs/routing.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const missing = missingEmulator('ministack');
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];
const perSymbol = (stage: string) => createRouting({ stage, queueLayout: 'per-symbol', shards: 4 });

describe(`reconciler of queues and mappings${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  let sqs: SQSClient;
  let lambda: LambdaClient;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    const target = {
      endpoint: emulator.url,
      region: 'ap-northeast-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    sqs = new SQSClient(target);
    lambda = new LambdaClient(target);
  });
  after(async () => {
    sqs.destroy();
    lambda.destroy();
    await emulator.stop();
  });

  async function newStage(stage: string) {
    const functionName = `twinleg-${stage}-evaluate`;
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: functionName,
        Role: 'arn:aws:iam::000000000000:role/evaluate',
        PackageType: 'Image',
        Code: { ImageUri: '000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/twinleg@sha256:00' },
      }),
    );
    const clients = { sqs, lambda };
    const pass = (routing: Routing, symbols: readonly string[], through = clients) => {
      const calls = new ControlCalls(1000);
      return reconcile(symbols, routing, createQueueControl({ ...through, calls }, { routing, stage, functionName }));
    };
    return { functionName, pass };
  }
  async function standing(stage: string, functionName: string) {
    const { QueueUrls = [] } = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: `twinleg-${stage}-`, MaxResults: 1000 }),
    );
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: functionName }),
    );
    return {
      queues: QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)).sort(),
      mapped: EventSourceMappings.map(({ EventSourceArn }) => EventSourceArn?.split(':').at(-1)).sort(),
    };
  }
  const named = (stage: string, ...coins: string[]) =>
    coins.map((coin) => `twinleg-${stage}-ticks-${coin}-USDT`).sort();

  test('follows the list; the same list twice changes nothing', async () => {
    const { functionName, pass } = await newStage('r1');
    const routing = perSymbol('r1');
    const first = await pass(routing, SYMBOLS);
    assert.deepEqual(first.created.sort(), named('r1', 'BTC', 'ETH', 'XRP'));
    assert.deepEqual(await standing('r1', functionName), {
      queues: named('r1', 'BTC', 'ETH', 'XRP'),
      mapped: named('r1', 'BTC', 'ETH', 'XRP'),
    });
    const nothing = { created: [], mapped: [], unmapped: [], deleted: [], pending: [], failed: [] };
    assert.deepEqual(await pass(routing, SYMBOLS), nothing);
    await pass(routing, ['BTC/USDT', 'SOL/USDT']);
    const after = { queues: named('r1', 'BTC', 'SOL'), mapped: named('r1', 'BTC', 'SOL') };
    assert.deepEqual(await standing('r1', functionName), after);
  });

  test('leaves queues of other stages and other kinds alone, whatever their names begin with', async () => {
    const { pass } = await newStage('r2');
    const foreign = [
      'twinleg-r2-work',
      'twinleg-r2-ticks-notes',
      'twinleg-r2x-ticks-BTC-USDT',
      'twinleg-r2-ticks-btc-USDT',
      // Made by hand: not the reconciler's to delete.
      'twinleg-r2-ticks-DOGE-USDT',
    ];
    for (const QueueName of foreign) await sqs.send(new CreateQueueCommand({ QueueName }));
    await pass(perSymbol('r2'), []);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'twinleg-r2' }));
    assert.deepEqual(QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)).sort(), foreign.sort());
  });

  test('another layout replaces the queues of the one before', async () => {
    const { functionName, pass } = await newStage('r3');
    await pass(perSymbol('r3'), SYMBOLS);
    const sharded = createRouting({ stage: 'r3', queueLayout: 'sharded', shards: 2 });
    await pass(sharded, SYMBOLS);
    const wanted = sharded.tickQueues(SYMBOLS);
    assert.deepEqual(await standing('r3', functionName), { queues: wanted, mapped: wanted });
  });

  test('cut off at any call, the next pass heals', async () => {
    const { functionName, pass } = await newStage('r5');
    const routing = perSymbol('r5');
    let left = 0;
    const dying = { sqs: dyingClient(sqs), lambda: dyingClient(lambda) };
    function dyingClient<T extends { send: (...args: never[]) => unknown }>(client: T): T {
      return new Proxy(client, {
        get(target, key) {
          if (key !== 'send') return Reflect.get(target, key);
          return (...args: never[]) => {
            if (left-- <= 0) throw new Error('killed');
            return target.send(...args);
          };
        },
      });
    }
    const lists = [['BTC/USDT', 'ETH/USDT'], ['ETH/USDT', 'XRP/USDT', 'SOL/USDT'], []];
    for (let cut = 0; cut < 14; cut++) {
      const list = lists[cut % lists.length]!;
      left = cut;
      await pass(routing, list, dying).catch(() => {});
      await pass(routing, list);
      const wanted = routing.tickQueues(list);
      assert.deepEqual(await standing('r5', functionName), { queues: wanted, mapped: wanted }, `cut at call ${cut}`);
    }
  });

  test('two at once end where one would', async () => {
    const { functionName, pass } = await newStage('r6');
    const routing = perSymbol('r6');
    await Promise.allSettled([pass(routing, SYMBOLS), pass(routing, SYMBOLS)]);
    await pass(routing, SYMBOLS);
    const wanted = routing.tickQueues(SYMBOLS);
    assert.deepEqual(await standing('r6', functionName), { queues: wanted, mapped: wanted });
  });
});
