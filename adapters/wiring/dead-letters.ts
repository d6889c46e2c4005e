import { createDeadLetters, type DeadLetters } from '#adapters/bus/sqs/dead-letters.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import type { Config } from '#core/config.ts';

const ATTEMPTS = 3;

/** Works on the dead letters of the deployment that the configuration names. @throws TwinlegError */
export async function withDeadLetters<T>(
  { cloud }: Pick<Config, 'cloud'>,
  work: (letters: DeadLetters) => Promise<T>,
): Promise<T> {
  const sqs = createSqsClient(cloud.region, ATTEMPTS);
  try {
    return await work(createDeadLetters(sqs, createQueueUrls(sqs), createRouting(cloud)));
  } finally {
    sqs.destroy();
  }
}
