import { Telegram, TelegramError } from 'telegraf';

/**
 * telegraf's client over the platform's fetch: its own transport leaves a timer of 500 s behind each answer that breaks off,
 * which holds up a stop, and never reads the body of a 5xx.
 */
class Client extends Telegram {
  override async callApi(method: string, payload: object, { signal }: { signal?: unknown } = {}): Promise<never> {
    const response = await fetch(`${this.options.apiRoot.replace(/\/$/, '')}/bot${this.token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
      signal: (signal as AbortSignal | undefined) ?? null,
    });
    const text = await response.text();
    if (response.status >= 500)
      throw new TelegramError({ error_code: response.status, description: response.statusText });
    const answer = JSON.parse(text);
    if (answer.ok !== true) throw new TelegramError(answer);
    return answer.result as never;
  }
}

export type TelegramClient = Pick<Client, 'callApi'>;

export function createClient(token: string, apiRoot: string): TelegramClient {
  return new Client(token, { apiRoot });
}

/** What the Bot API said no with; `status` is no number where the answer was none of the Bot API. */
export interface Refusal {
  readonly status: unknown;
  readonly description: string;
  readonly retryAfterSeconds: number | undefined;
}

/** Null for any other failure. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof TelegramError)) return null;
  const { error_code: status, description, parameters } = error.response;
  return { status, description: String(description), retryAfterSeconds: parameters?.retry_after };
}
