import { after } from 'node:test';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { openSqsBus } from '../support/cloud/bus.ts';
import { busContract, type OpenedBus } from '../support/contract/bus.ts';
import type { Emulator } from '../support/emulators/emulators.ts';
import { startLocalStack } from '../support/emulators/localstack.ts';

/** Slower than AWS by far: a request may take so long, ms. */
const REQUEST_MS = 10_000;
const closing: (() => unknown)[] = [];
let emulator: Promise<Emulator> | null = null;
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** sender → queue → poller → handler: LocalStack's package has no functions, so the test polls as a mapping would. */
async function openBus(queueLayout: 'per-symbol' | 'sharded'): Promise<OpenedBus> {
  if (emulator === null) {
    emulator = startLocalStack();
    closing.push(async () => (await emulator)!.stop());
  }
  const { env } = await emulator;
  Object.assign(process.env, env);
  const sqs = createSqsClient(env.AWS_REGION!, 2, REQUEST_MS);
  const { queueUrls, bus, deliver } = await openSqsBus(sqs, queueLayout);
  const ended = new AbortController();
  const polling = Promise.all(queueUrls.map((url) => poll(sqs, url, deliver, ended.signal)));
  closing.push(
    () => sqs.destroy(),
    () => polling,
    () => ended.abort(),
  );
  return bus;
}

async function poll(
  sqs: SQSClient,
  QueueUrl: string,
  deliver: (body: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    for (const { Body, ReceiptHandle } of (await sqs.send(receive)).Messages ?? []) {
      deliver(Body!);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: ReceiptHandle! }));
    }
  }
}

busContract('sqs on LocalStack, a queue for each symbol', () => openBus('per-symbol'));
busContract('sqs on LocalStack, symbols on shards', () => openBus('sharded'));
