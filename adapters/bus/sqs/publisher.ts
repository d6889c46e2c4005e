import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import type { SendFailure, TickMessage, TickSender } from '#core/ports/tick-sender.ts';
import { errorName, isRetryable, QUEUE_GONE, sqsError } from './errors.ts';
import type { QueueUrls } from './queue-urls.ts';
import type { Routing } from './routing.ts';

/** A batch takes at most so many messages, and so many bytes together. */
const BATCH = 10;
const BATCH_BYTES = 256 * 1024;

/**
 * Sends ticks to the queues that the routing names: one request for each queue and ten messages. The client's own
 * retries should be off or few, as a tick that waits is a tick that is late.
 */
export function createTickSender(sqs: SQSClient, urls: QueueUrls, routing: Routing): TickSender {
  async function sendBatch(queue: string, messages: readonly TickMessage[]): Promise<SendFailure[]> {
    try {
      const Entries = messages.map(({ body }, i): SendMessageBatchRequestEntry => ({ Id: `${i}`, MessageBody: body }));
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: await urls.of(queue), Entries }));
      return (answer.Failed ?? []).map(({ Id, Code, Message, SenderFault }) => ({
        message: messages[Number(Id)]!,
        code: Code ?? 'unknown',
        told: Message ?? `${queue} did not take it`,
        retryable: SenderFault !== true,
      }));
    } catch (error) {
      if (errorName(error) === QUEUE_GONE) urls.forget(queue);
      const { code, message: what, remedy } = sqsError(`send to ${queue}`, error);
      const failure = { code, told: `${what}; ${remedy}`, retryable: isRetryable(error) };
      return messages.map((message) => ({ message, ...failure }));
    }
  }

  return {
    async send(batch) {
      const requests = batchesOf(batch, routing).map(({ queue, messages }) => sendBatch(queue, messages));
      return { failed: (await Promise.all(requests)).flat() };
    },
  };
}

interface Batch {
  readonly queue: string;
  readonly messages: TickMessage[];
  bytes: number;
}

/** Messages of one queue together, in their order, within the limits of a batch. */
function batchesOf(batch: readonly TickMessage[], routing: Routing): Batch[] {
  const batches: Batch[] = [];
  const current = new Map<string, Batch>();
  for (const message of batch) {
    const queue = routing.tickQueue(message.symbol);
    const bytes = Buffer.byteLength(message.body);
    let last = current.get(queue);
    if (last === undefined || last.messages.length === BATCH || last.bytes + bytes > BATCH_BYTES) {
      last = { queue, messages: [], bytes: 0 };
      batches.push(last);
      current.set(queue, last);
    }
    last.messages.push(message);
    last.bytes += bytes;
  }
  return batches;
}
