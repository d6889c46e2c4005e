import { readStageSecrets } from '#adapters/config/stage-secrets.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';

const TIMEOUT_MS = 10_000;
/** As many as the function that answers may have at once (infra/cloud/alert-functions.yml). */
const CONNECTIONS = 2;

/** What Telegram posts to, as it tells it. */
export interface TelegramWebhook {
  /** Null where it posts nowhere. */
  readonly url: string | null;
  readonly pending: number;
  readonly lastError: string | null;
}

/**
 * Tells Telegram where to post commands, with the stage's secret, and asks what it has. Neither token nor secret leaves the
 * environment or the Parameter Store for anywhere but Telegram.
 *
 * @param url an https address; `off` ends the posting; left out, nothing is changed
 * @throws TwinlegError `USAGE`, `CONFIG_INVALID` where a secret is missing, `NOTIFY_FAILED` with what Telegram says
 */
export async function telegramWebhook(
  { cloud, alerts }: Pick<Config, 'cloud' | 'alerts'>,
  env: Readonly<Record<string, string | undefined>>,
  url: string | undefined,
): Promise<TelegramWebhook> {
  if (url !== undefined && url !== 'off' && (!URL.canParse(url) || new URL(url).protocol !== 'https:'))
    throw new TwinlegError(
      'USAGE',
      `${url} is no https address`,
      'give TelegramLambdaFunctionUrl, an output of the stack',
    );
  const { botToken, webhookSecret } = await readStageSecrets(env, cloud);
  const missing = (name: string) =>
    new TwinlegError(
      'CONFIG_INVALID',
      `${name} is not known`,
      `put it into the environment, or /twinleg/${cloud.stage}/alerts/${name}`,
    );
  if (botToken === null) throw missing('TELEGRAM_BOT_TOKEN');
  const api = createTelegramApi(botToken, alerts.telegram.apiRoot);
  async function call<T>(method: string, payload: object): Promise<T> {
    const answer = await api.call<T>(method, payload, TIMEOUT_MS);
    if (answer.kind === 'ok') return answer.result;
    const said = answer.kind === 'error' ? `${answer.status} ${answer.description}` : answer.reason;
    throw new TwinlegError(
      'NOTIFY_FAILED',
      `Telegram does not take ${method}: ${said}`,
      'check the token and the address, then try again',
    );
  }
  if (url === 'off') await call('deleteWebhook', {});
  else if (url !== undefined) {
    if (webhookSecret === null) throw missing('TELEGRAM_WEBHOOK_SECRET');
    const allowed_updates = ['message', 'callback_query'];
    await call('setWebhook', { url, secret_token: webhookSecret, max_connections: CONNECTIONS, allowed_updates });
  }
  const told = await call<{ url?: string; pending_update_count?: number; last_error_message?: string }>(
    'getWebhookInfo',
    {},
  );
  return { url: told.url || null, pending: told.pending_update_count ?? 0, lastError: told.last_error_message ?? null };
}
