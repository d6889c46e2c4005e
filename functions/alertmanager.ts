import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { alertParts } from '#adapters/wiring/alert-parts.ts';
import { alertmanagerWebhook } from '#adapters/wiring/webhook-functions.ts';

/** What Alertmanager judged, posted with the shared secret. */
export const handler = middy<APIGatewayProxyEventV2>().handler(async (event) =>
  alertmanagerWebhook(event, (await alertParts()).alertmanager),
);
