import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { alertParts, alertTelemetry } from '#adapters/wiring/alert-parts.ts';
import { measured } from '#adapters/wiring/measured.ts';
import { telegramWebhook } from '#adapters/wiring/webhook-functions.ts';

/** An operator's command, as Telegram posts it with the secret of the webhook. */
export const handler = middy<APIGatewayProxyEventV2>()
  .use(measured('telegram', { telemetry: alertTelemetry, env: process.env }))
  .handler(async (event) => telegramWebhook(event, (await alertParts()).telegram));
