import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { type AlertParts, createAlertParts } from '#adapters/wiring/alert-parts.ts';
import { MessengerTelemetry } from '#adapters/wiring/messenger-telemetry.ts';
import { alertmanagerWebhook, telegramWebhook } from '#adapters/wiring/webhook-functions.ts';
import { type BotApi, startBotApi } from '../../../simulator/bot-api.ts';
import { type Shim, startShim } from './shim.ts';
import type { Stage } from './stage.ts';

export const CHAT = '77';
const TOKEN = '42:secret-token';
export const SECRETS = {
  TELEGRAM_BOT_TOKEN: TOKEN,
  TELEGRAM_CHAT_ID: CHAT,
  TELEGRAM_WEBHOOK_SECRET: 'hook-secret',
  ALERTMANAGER_WEBHOOK_SECRET: 'shared-secret',
};

export interface Alerting {
  readonly bot: BotApi;
  readonly parts: AlertParts;
  /** What all three count in. */
  readonly telemetry: MessengerTelemetry;
  readonly shim: Shim;
  /** What Telegram posts, with the webhook's secret or another. */
  post(update: object | string, secret?: string): Promise<number>;
  /** What Alertmanager posts. */
  alertmanager(body: object | string, authorization?: string): Promise<number>;
  close(): Promise<void>;
}

/** The functions that speak with the operator, behind the queue of a stage. */
export async function startAlerting(
  stage: Stage,
  around: <T>(who: string, work: () => T) => T = (_who, work) => work(),
): Promise<Alerting> {
  const bot = await startBotApi(TOKEN);
  const env: Record<string, string> = { ...stage.env, ...SECRETS, TWINLEG__ALERTS__TELEGRAM__API_ROOT: bot.url };
  const log = (_level: string, event: string, fields: object) =>
    void stage.logged.push({ event, fields: { ...fields } });
  const telemetry = new MessengerTelemetry();
  // An environment each, as functions have.
  const parts = await createAlertParts(env, log, telemetry, 3000);
  const { telegram } = await createAlertParts(env, log, telemetry);
  const { alertmanager } = await createAlertParts(env, log, telemetry);
  const shim = await startShim({
    notify: (event: SQSEvent) => around('notify', () => parts.notify.messages(event.Records)),
  });
  const { sqs, routing } = stage.parts;
  const lambda = new LambdaClient({ region: env.AWS_REGION!, endpoint: env.AWS_ENDPOINT_URL! });
  const FunctionName = `twinleg-${stage.name}-notify`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::000000000000:role/twinleg',
      PackageType: 'Image',
      Code: { ImageUri: 'functions:test' },
      Timeout: 75,
      Environment: { Variables: { MINISTACK_LAMBDA_PROXY_URL: `${shim.url}/notify` } },
    }),
  );
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: routing.alerts }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: Attributes!.QueueArn!,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  const event = (body: object | string, headers: Record<string, string | undefined>) =>
    ({
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      isBase64Encoded: false,
    }) as unknown as APIGatewayProxyEventV2;
  return {
    bot,
    parts,
    telemetry,
    shim,
    async post(update, secret = SECRETS.TELEGRAM_WEBHOOK_SECRET) {
      const asked = event(update, { 'x-telegram-bot-api-secret-token': secret });
      return (await around('telegram', () => telegramWebhook(asked, telegram))).statusCode!;
    },
    async alertmanager(body, authorization = `Bearer ${SECRETS.ALERTMANAGER_WEBHOOK_SECRET}`) {
      const asked = event(body, { authorization });
      return (await around('alertmanager', () => alertmanagerWebhook(asked, alertmanager))).statusCode!;
    },
    async close() {
      await shim.close();
      await bot.close();
      lambda.destroy();
    },
  };
}
