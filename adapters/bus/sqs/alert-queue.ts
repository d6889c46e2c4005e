import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type Alert, SEVERITIES } from '#core/alerts/types.ts';
import { TwinlegError } from '#core/errors.ts';
import { type Decoded, decodeBody } from './body.ts';
import { errorName, QUEUE_GONE, sqsError } from './errors.ts';
import type { QueueUrls } from './queue-urls.ts';

const VERSION = 1;
/** Ten of them fit into one batch, however they are written. */
const REASON_UNITS = 3000;
/** SQS's own bound on one batch. */
const AT_ONCE = 10;

const shape = z.strictObject({
  v: z.literal(VERSION),
  kind: z.literal('alert'),
  alert: z.strictObject({
    id: z.string().min(1).max(60),
    code: z.string().min(1).max(60),
    subject: z.string().max(500),
    fingerprint: z.string().min(1).max(60),
    kind: z.enum(['fired', 'resolved']),
    severity: z.enum(SEVERITIES as [Alert['severity'], ...Alert['severity'][]]),
    atMs: z.number(),
    title: z.string().max(500),
    reason: z.string().max(REASON_UNITS),
    action: z.string().max(2000),
  }),
});

export function encodeAlert(alert: Alert): string {
  return JSON.stringify({
    v: VERSION,
    kind: 'alert',
    alert: { ...alert, reason: alert.reason.slice(0, REASON_UNITS) },
  });
}

export function decodeAlert(text: string): Decoded<Alert> {
  const read = decodeBody(text, 'alert', VERSION, shape);
  return read.ok ? { ok: true, value: read.value.alert } : read;
}

/** Sends alerts to the queue that keeps their order: P0 in a group of its own, each alert once. @throws TwinlegError */
export async function sendAlerts(
  sqs: SQSClient,
  urls: QueueUrls,
  queue: string,
  alerts: readonly Alert[],
): Promise<void> {
  try {
    const QueueUrl = await urls.of(queue);
    for (let from = 0; from < alerts.length; from += AT_ONCE) {
      const Entries = alerts.slice(from, from + AT_ONCE).map((alert, i) => ({
        Id: String(i),
        MessageBody: encodeAlert(alert),
        MessageGroupId: alert.severity === 'P0' ? 'urgent' : 'others',
        MessageDeduplicationId: alert.id,
      }));
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const [first] = Failed;
      if (first !== undefined)
        throw new TwinlegError('QUEUE_FAILED', `${Failed.length} alerts were not taken: ${first.Message}`, '', {
          retryable: true,
        });
    }
  } catch (error) {
    if (errorName(error) === QUEUE_GONE) urls.forget(queue);
    throw error instanceof TwinlegError ? error : sqsError(`send to ${queue}`, error);
  }
}
