import assert from 'node:assert/strict';
import { after } from 'node:test';
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { decodeTick, encodeTick } from '#adapters/bus/sqs/message.ts';
import { createTickSender } from '#adapters/bus/sqs/publisher.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { Outside } from '#core/guards/outside.ts';
import type { TickHandler } from '#core/ports/bus.ts';
import { startShim } from '../support/cloud/shim.ts';
import { busContract, type OpenedBus } from '../support/contract/bus.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];
const closing: (() => unknown)[] = [];
let emulator: Emulator | null = null;
let buses = 0;
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** sender → queue → event source mapping → handler, on real protocols. */
async function openBus(queueLayout: 'per-symbol' | 'sharded'): Promise<OpenedBus> {
  if (emulator === null) {
    emulator = await EMULATORS.ministack.start();
    closing.push(() => emulator!.stop());
    Object.assign(process.env, emulator.env);
  }
  const region = emulator.env.AWS_REGION!;
  const routing = createRouting({ stage: `b${process.pid}-${buses++}`, queueLayout, shards: 2 });
  const sqs = createSqsClient(region, 2);
  const lambda = new LambdaClient({ region });
  let handle: TickHandler = () => {};
  const shim = await startShim({
    evaluate: async ({ Records }) => {
      for (const { body } of Records) {
        const read = decodeTick(body);
        assert.ok(read.ok);
        const { tick } = read.value;
        try {
          handle(tick, SYMBOLS.indexOf(tick.symbol));
        } catch {
          // A tick is never asked for again.
        }
      }
    },
  });
  const FunctionName = `${routing.prefix}evaluate`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::000000000000:role/twinleg',
      PackageType: 'Image',
      Code: { ImageUri: 'functions:test' },
      Environment: { Variables: { MINISTACK_LAMBDA_PROXY_URL: `${shim.url}/evaluate` } },
    }),
  );
  for (const QueueName of routing.tickQueues(SYMBOLS)) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    const asked = new GetQueueAttributesCommand({ QueueUrl: QueueUrl!, AttributeNames: ['QueueArn'] });
    const EventSourceArn = (await sqs.send(asked)).Attributes!.QueueArn!;
    await lambda.send(new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn, BatchSize: 10 }));
  }
  closing.push(
    () => shim.close(),
    () => sqs.destroy(),
    () => lambda.destroy(),
  );
  const sender = createTickSender(sqs, createQueueUrls(sqs), routing);
  const outside = new Outside();
  return {
    symbols: SYMBOLS,
    async publish(tick) {
      const context = { sentAtMs: tick.receivedAtMs, configEpoch: 1, outside, crossingsWindowMs: 2000 };
      const { failed } = await sender.send([{ symbol: tick.symbol, body: encodeTick(tick, context) }]);
      assert.deepEqual(failed, []);
    },
    subscribe(handler) {
      handle = handler;
    },
  };
}

if (missingEmulator('ministack') === undefined) {
  busContract('sqs, a queue for each symbol', () => openBus('per-symbol'));
  busContract('sqs, symbols on shards', () => openBus('sharded'));
}
