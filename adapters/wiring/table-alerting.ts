import { sendAlerts } from '#adapters/bus/sqs/alert-queue.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { requireOwner } from '#adapters/store/dynamodb/owner.ts';
import type { Alerting } from './alerting.ts';
import { type TableConfig, withTable } from './table.ts';

const SQS_ATTEMPTS = 3;

/**
 * Works on the alerts of a stage's table. What is raised is in the history at once, waits to be told, and is on its way to
 * the function that tells where the stage is deployed.
 */
export function withTableAlerting<T>(config: TableConfig, work: (alerting: Alerting) => Promise<T>): Promise<T> {
  return withTable(config, async (access) => {
    const { book, commands } = openTableAlerts(access, await requireOwner(access), config.history.keepDays);
    const sqs = createSqsClient(config.cloud.region, SQS_ATTEMPTS);
    const urls = createQueueUrls(sqs);
    const { alerts } = createRouting(config.cloud);
    try {
      const raising = {
        ...book,
        async raise(alert: Parameters<typeof book.raise>[0]) {
          await book.raise(alert);
          // A hybrid run has no queue: it looks into the table by itself.
          if (config.wiring === 'cloud') await sendAlerts(sqs, urls, alerts, [alert]);
        },
      };
      return await work({ book: raising, commands });
    } finally {
      sqs.destroy();
    }
  });
}
