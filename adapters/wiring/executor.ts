import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sqsError } from '#adapters/bus/sqs/errors.ts';
import { decodeOrders } from '#adapters/bus/sqs/orders.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { pause } from '#adapters/pause.ts';
import { ExecutorHealth } from './executor-health.ts';
import { failureOf } from './function-failures.ts';
import type { FunctionParts } from './lambda.ts';

/** Longest that one request waits for orders, seconds; its request may take a little longer. */
const WAIT_SECONDS = 20;
const POLL_MS = (WAIT_SECONDS + 5) * 1000;
/** Requests for orders that are out at once: one goes on waiting while the other's orders are at work. */
const POLLERS = 2;
/** A poller that was not answered for so long, its orders' time at the venues included, is not well, ms. */
const STALE_MS = 90_000;
/** After a failure of the queue it is asked again, ms. */
const PAUSE_MS = 1000;

/**
 * The worker that orders leave from where `execution.executor` is `host`: the only part with the venues' keys, at the only
 * address that they are bound to. It takes orders off their queue, lets them leave, and commits their answers as a
 * function would. What fails stays on the queue; when it comes again it is asked for, never sent twice. It serves /health and
 * /metrics.
 */
export async function runExecutor(parts: FunctionParts, signal: AbortSignal): Promise<void> {
  const sqs = createSqsClient(parts.config.cloud.region, 1, POLL_MS);
  const urls = createQueueUrls(sqs);
  const { orders } = parts.routing;
  const health = new ExecutorHealth(POLLERS, STALE_MS, parts.now);
  const server = await health.listen(parts.config.server, parts.telemetry.reading);
  parts.log('info', 'executor_started', { queue: orders, url: server.url });
  await Promise.all(Array.from({ length: POLLERS }, (_, poller) => poll(poller)));
  await server.close();
  sqs.destroy();
  parts.log('info', 'executor_stopped', {});

  async function poll(poller: number): Promise<void> {
    while (!signal.aborted) {
      try {
        const QueueUrl = await urls.of(orders);
        const messages = await receive(sqs, QueueUrl, signal);
        await Promise.all(messages.map((message) => take(message, QueueUrl)));
        // What was raised meanwhile is told.
        if (messages.length > 0) await parts.flush();
        health.answered(poller);
      } catch (error) {
        if (signal.aborted) return;
        urls.forget(orders);
        parts.log('error', 'orders_unread', failureOf(sqsError(`read ${orders}`, error)));
        await pause(PAUSE_MS, signal);
      }
    }
  }

  async function take(message: Message, QueueUrl: string): Promise<void> {
    try {
      await execute(message, parts);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle! }));
    } catch (error) {
      parts.log('error', 'orders_failed', { messageId: message.MessageId, ...failureOf(error) });
    }
  }
}

async function receive(sqs: SQSClient, QueueUrl: string, abortSignal: AbortSignal): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: WAIT_SECONDS,
    MessageSystemAttributeNames: ['ApproximateReceiveCount'],
  });
  return (await sqs.send(command, { abortSignal })).Messages ?? [];
}

async function execute({ Body = '', Attributes }: Message, parts: FunctionParts): Promise<void> {
  const read = decodeOrders(Body);
  if (!read.ok) {
    const { reason, detail } = read;
    return parts.deadLetters.put({ queue: parts.routing.orders, reason, detail, atMs: parts.now(), body: Body });
  }
  const { symbol, how, orders } = read.value;
  await parts.judge.leave(read.value, Number(Attributes?.ApproximateReceiveCount ?? 1) > 1);
  parts.log('info', 'orders_left', { symbol, how, orders: orders.map(({ id }) => id) });
}
