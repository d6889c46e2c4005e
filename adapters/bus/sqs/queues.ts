import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createBusyClient } from '#adapters/aws/busy-client.ts';
import type { PairClock } from '#core/engine/desk.ts';
import { errorName, QUEUE_GONE, sqsError } from './errors.ts';
import type { QueueUrls } from './queue-urls.ts';
import type { Routing } from './routing.ts';
import { encodeWork } from './work.ts';

/** Longest that one request may take, ms. */
const REQUEST_MS = 1500;
const CONNECT_MS = 1000;
/** When a pair's delayed message comes due, seconds: the invocation that left it has done its part by then. */
const CLOCK_SECONDS = 2;

/** @param requestMs longest that one request may take; a long poll takes longer. Credentials, and an address that is not AWS's own, come from the standard `AWS_*` variables. */
export function createSqsClient(region: string, maxAttempts: number, requestMs = REQUEST_MS): SQSClient {
  return createBusyClient((options) => new SQSClient(options), {
    region,
    attempts: maxAttempts,
    connectMs: CONNECT_MS,
    requestMs,
    sockets: 64,
  });
}

/** Sends one message to a queue of this stage by its name. @throws TwinlegError */
export async function sendTo(
  sqs: SQSClient,
  urls: QueueUrls,
  queue: string,
  body: string,
  delaySeconds = 0,
): Promise<void> {
  try {
    const QueueUrl = await urls.of(queue);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, DelaySeconds: delaySeconds }));
  } catch (error) {
    if (errorName(error) === QUEUE_GONE) urls.forget(queue);
    throw sqsError(`send to ${queue}`, error);
  }
}

/** Leaves delayed messages on the work queue: each is the clock of one pair between states. */
export function createPairClocks(sqs: SQSClient, urls: QueueUrls, routing: Routing, now: () => number) {
  return (clock: PairClock): Promise<void> => {
    const body = encodeWork({ ...clock, dueAtMs: now() + CLOCK_SECONDS * 1000 });
    return sendTo(sqs, urls, routing.work, body, CLOCK_SECONDS);
  };
}
