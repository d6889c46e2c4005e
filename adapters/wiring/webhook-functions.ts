import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readWebhook } from '#adapters/notify/alertmanager.ts';
import type { CommandBot } from '#adapters/notify/command-bot.ts';
import { jsonOf, sameSecret } from '#adapters/notify/posted.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { WEBHOOK_RESULTS } from '#core/metrics/labels.ts';
import type { FunctionLog } from './lambda.ts';

/** Told what became of a call. */
type Counted = (result: (typeof WEBHOOK_RESULTS)[number]) => void;

const MOST_BYTES = 1_000_000;

export interface TelegramWebhookParts {
  readonly bot: Pick<CommandBot, 'handle'>;
  /** As it was given to Telegram with the webhook; null: nothing is taken. */
  readonly secret: string | null;
  readonly counted: Counted;
  readonly log: FunctionLog;
}

/** One update as Telegram posts it, with the secret that it was told. An update that was understood or not is never sent again. */
export async function telegramWebhook(
  event: APIGatewayProxyEventV2,
  { bot, secret, counted, log }: TelegramWebhookParts,
): Promise<APIGatewayProxyStructuredResultV2> {
  const given = event.headers['x-telegram-bot-api-secret-token'];
  if (secret === null || given === undefined || !sameSecret(given, secret)) {
    const result = given === undefined ? 'unsigned' : 'forged';
    counted(result);
    log('warn', 'webhook', { result });
    return { statusCode: 401 };
  }
  const update = jsonOf(bodyOf(event));
  if (update === undefined) {
    counted('malformed');
    log('warn', 'webhook', { result: 'malformed' });
    return { statusCode: 400 };
  }
  counted('accepted');
  const result = await bot.handle(update);
  log('info', 'command', { result });
  return { statusCode: 200 };
}

export interface AlertmanagerWebhookParts {
  readonly secret: string | null;
  readonly raise: (alerts: readonly Alert[]) => Promise<void>;
  readonly now: () => number;
  readonly counted: Counted;
  readonly log: FunctionLog;
}

/** What Alertmanager posts, on its way to the queue of alerts. */
export async function alertmanagerWebhook(
  event: APIGatewayProxyEventV2,
  { secret, raise, now, counted, log }: AlertmanagerWebhookParts,
): Promise<APIGatewayProxyStructuredResultV2> {
  const read = readWebhook(event.headers.authorization, bodyOf(event), secret, now());
  counted(read.result);
  log(read.result === 'accepted' ? 'info' : 'warn', 'webhook', { result: read.result });
  if (read.result !== 'accepted') return { statusCode: read.result === 'malformed' ? 400 : 401 };
  await raise(read.alerts);
  return { statusCode: 200, body: JSON.stringify({ accepted: read.alerts.length }) };
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string {
  if (body.length > MOST_BYTES) return '';
  return isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
}
