import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { alertParts, alertTelemetry } from '#adapters/wiring/alert-parts.ts';
import { measured } from '#adapters/wiring/measured.ts';
import { alertmanagerWebhook } from '#adapters/wiring/webhook-functions.ts';

/** What Alertmanager judged, posted with the shared secret. */
export const handler = middy<APIGatewayProxyEventV2>()
  .use(measured('alertmanager', { telemetry: alertTelemetry, env: process.env }))
  .handler(async (event) => alertmanagerWebhook(event, (await alertParts()).alertmanager));
