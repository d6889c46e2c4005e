import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { alertParts, alertTelemetry } from '#adapters/wiring/alert-parts.ts';
import { measured } from '#adapters/wiring/measured.ts';

/** Alerts from the queue, and each minute what waits: into the history, then to the operator. */
export const handler = middy<SQSEvent | { task: string }>()
  .use(measured('notify', { telemetry: alertTelemetry, env: process.env }))
  .handler(async (event): Promise<SQSBatchResponse | object> => {
    const { notify } = await alertParts();
    return 'Records' in event ? await notify.messages(event.Records) : await notify.round();
  });
