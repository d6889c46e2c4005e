import { after } from 'node:test';
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { openSqsBus } from '../support/cloud/bus.ts';
import { startShim } from '../support/cloud/shim.ts';
import { busContract, type OpenedBus } from '../support/contract/bus.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const closing: (() => unknown)[] = [];
let emulator: Emulator | null = null;
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
  const sqs = createSqsClient(region, 2);
  const lambda = new LambdaClient({ region });
  const { routing, queueUrls, bus, deliver } = await openSqsBus(sqs, queueLayout);
  const shim = await startShim({ evaluate: async ({ Records }) => Records.forEach(({ body }) => void deliver(body)) });
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
  for (const QueueUrl of queueUrls) {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    const EventSourceArn = (await sqs.send(asked)).Attributes!.QueueArn!;
    await lambda.send(new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn, BatchSize: 10 }));
  }
  closing.push(
    () => shim.close(),
    () => sqs.destroy(),
    () => lambda.destroy(),
  );
  return bus;
}

if (missingEmulator('ministack') === undefined) {
  busContract('sqs, a queue for each symbol', () => openBus('per-symbol'));
  busContract('sqs, symbols on shards', () => openBus('sharded'));
}
