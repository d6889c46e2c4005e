import { Telegram, TelegramError } from 'telegraf';

/** What a call came to, in words that hold no token. */
export type ApiAnswer<T> =
  | { readonly kind: 'ok'; readonly result: T }
  | { readonly kind: 'error'; readonly status: number; readonly description: string; readonly retryAfterMs: number }
  /** Nothing was sent: no connection. */
  | { readonly kind: 'unreached'; readonly reason: string }
  /** It was sent, and no whole answer came. */
  | { readonly kind: 'unanswered'; readonly reason: string };

/** Codes of a connection that never came to be. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const TOO_MANY = 429;

export interface TelegramApi {
  call<T>(method: string, payload: object, timeoutMs: number, signal?: AbortSignal): Promise<ApiAnswer<T>>;
}

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

/** The Bot API: every expected failure is a value. */
export function createTelegramApi(token: string, apiRoot: string): TelegramApi {
  const client = new Client(token, { apiRoot });
  return {
    async call<T>(method: string, payload: object, timeoutMs: number, signal?: AbortSignal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      try {
        return { kind: 'ok', result: (await client.callApi(method, payload, { signal: either })) as T };
      } catch (error) {
        return failure(error, timeout.aborted);
      }
    },
  };
}

function failure(error: unknown, timedOut: boolean): Exclude<ApiAnswer<never>, { kind: 'ok' }> {
  if (error instanceof TelegramError) {
    const status = error.response.error_code;
    const { retry_after: seconds } = error.response.parameters ?? {};
    // Even a far end that names no time is left alone for a while.
    const retryAfterMs = status === TOO_MANY ? Math.max(1, seconds ?? 5) * 1000 : 0;
    if (typeof status !== 'number') return { kind: 'unanswered', reason: 'an answer that is none of the Bot API' };
    return { kind: 'error', status, description: String(error.response.description), retryAfterMs };
  }
  if (timedOut) return { kind: 'unanswered', reason: 'no answer in time' };
  const code = ((error as Error).cause as { code?: string } | undefined)?.code;
  if (code !== undefined && UNREACHED.has(code)) return { kind: 'unreached', reason: `cannot be reached (${code})` };
  return { kind: 'unanswered', reason: `no whole answer (${code ?? 'broken off'})` };
}
