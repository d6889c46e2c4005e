import { setTimeout as sleep } from 'node:timers/promises';
import { sendAlerts } from '#adapters/bus/sqs/alert-queue.ts';
import { createDeadLetters } from '#adapters/bus/sqs/dead-letters.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { readStageSecrets } from '#adapters/config/stage-secrets.ts';
import { createTelegramNotifier } from '#adapters/notify/telegram.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { WEBHOOK_RESULTS } from '#core/metrics/labels.ts';
import { failureOf } from './function-failures.ts';
import { configOf, type FunctionLog, logLine } from './lambda.ts';
import { MessengerTelemetry } from './messenger-telemetry.ts';
import { NotifyFunction } from './notify-function.ts';
import { allowedChats, createOperatorBot } from './operator/bot.ts';
import { openTable, storeOn } from './stage-table.ts';
import { ownerOf } from './start-venues.ts';
import type { AlertmanagerWebhookParts, TelegramWebhookParts } from './webhook-functions.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What the functions that speak with the operator work with. */
export interface AlertParts {
  readonly notify: NotifyFunction;
  readonly telegram: TelegramWebhookParts;
  readonly alertmanager: AlertmanagerWebhookParts;
}

const SQS_ATTEMPTS = 3;

/** @throws TwinlegError `CONFIG_INVALID`, or what AWS refuses */
export async function createAlertParts(
  env: Env,
  write: FunctionLog,
  telemetry: MessengerTelemetry,
  roundMs?: number,
): Promise<AlertParts> {
  const log: FunctionLog = (level, event, fields) => {
    if (level !== 'info' && 'code' in fields) telemetry.error(String(fields.code));
    write(level, event, fields);
  };
  const config = configOf(env);
  const { cloud, alerts, history } = config;
  const secrets = await readStageSecrets(env, cloud);
  const now = Date.now;
  const access = openTable(config, { endpoint: env.AWS_ENDPOINT_URL });
  const owner = ownerOf(config);
  const table = openTableAlerts(access, owner, history.keepDays);
  const routing = createRouting(cloud);
  const sqs = createSqsClient(cloud.region, SQS_ATTEMPTS);
  const urls = createQueueUrls(sqs);
  const send = (raised: readonly Alert[]) => sendAlerts(sqs, urls, routing.alerts, raised);
  const api = secrets.botToken === null ? null : createTelegramApi(secrets.botToken, alerts.telegram.apiRoot);
  const notifier = api === null || secrets.chatId === null ? null : createTelegramNotifier(api, secrets.chatId);
  const records = createDynamoRecords(access, owner, storeOn(access, owner, config));
  const bot =
    api === null
      ? { handle: async () => null }
      : createOperatorBot({
          api,
          memory: { ...table, records },
          allowedChats: allowedChats(config, secrets),
          now,
          wait: async (ms) => void (await sleep(ms)),
          counted: (result) => telemetry.messaging.command(result),
          stranger: (reason) =>
            void send([raise('COMMAND_REFUSED', '', now(), reason)]).catch((error: unknown) =>
              log('error', 'alert_not_sent', failureOf(error)),
            ),
          failed: (error) => log('error', 'command_failed', failureOf(error)),
        });
  const { maxPerMinute, runbookBase } = alerts;
  const counted = (result: (typeof WEBHOOK_RESULTS)[number]) => telemetry.messaging.webhook(result);
  return {
    notify: new NotifyFunction({
      intake: table.intake,
      queue: table.queue,
      notifier,
      deadLetters: createDeadLetters(sqs, urls, routing),
      maxPerMinute,
      runbookBase,
      run: table.run,
      now,
      telemetry,
      log,
      ...(roundMs === undefined ? {} : { roundMs }),
    }),
    telegram: { bot, secret: secrets.webhookSecret, counted, log },
    alertmanager: { secret: secrets.alertmanagerSecret, raise: send, now, counted, log },
  };
}

let made: Promise<AlertParts> | null = null;
let counting: MessengerTelemetry | null = null;

/** What this execution environment counts in, also where its parts cannot be made. */
export function alertTelemetry(): MessengerTelemetry {
  counting ??= new MessengerTelemetry();
  return counting;
}

/** The parts of this execution environment; what failed to be made is made again by the next invocation. */
export function alertParts(): Promise<AlertParts> {
  made ??= createAlertParts(process.env, logLine, alertTelemetry()).catch((error: unknown) => {
    made = null;
    throw error;
  });
  return made;
}
