import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sqsError } from './errors.ts';
import type { QueueUrls } from './queue-urls.ts';
import type { Routing } from './routing.ts';

/** Longest that one request waits for lines, seconds. */
const WAIT_SECONDS = 1;

/**
 * Takes lines off the log of ticks until told to stop; each batch is removed only once `keep` has kept it.
 *
 * @throws TwinlegError `AWS_…`, `QUEUE_MISSING`
 */
export async function drainTickLog(
  sqs: SQSClient,
  urls: QueueUrls,
  routing: Routing,
  { keep, isOver }: { readonly keep: (lines: readonly string[]) => void; readonly isOver: (idle: boolean) => boolean },
): Promise<void> {
  try {
    const QueueUrl = await urls.of(routing.tickLog);
    for (let idle = false; !isOver(idle); ) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS });
      const messages = (await sqs.send(receive)).Messages ?? [];
      idle = messages.length === 0;
      if (idle) continue;
      keep(messages.map(({ Body }) => Body ?? ''));
      const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle: ReceiptHandle! }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  } catch (error) {
    throw sqsError(`read ${routing.tickLog}`, error);
  }
}
