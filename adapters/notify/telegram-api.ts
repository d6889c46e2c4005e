import type { Refusal, TelegramClient } from './telegram-client.ts';

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

/** The Bot API: every expected failure is a value. Its client is loaded with the first call: a run without a bot needs none. */
export function createTelegramApi(token: string, apiRoot: string): TelegramApi {
  let client: TelegramClient | null = null;
  return {
    async call<T>(method: string, payload: object, timeoutMs: number, signal?: AbortSignal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      const { createClient, refusalOf } = await import('./telegram-client.ts');
      client ??= createClient(token, apiRoot);
      try {
        return { kind: 'ok', result: (await client.callApi(method, payload, { signal: either })) as T };
      } catch (error) {
        return failure(error, refusalOf(error), timeout.aborted);
      }
    },
  };
}

function failure(
  error: unknown,
  refusal: Refusal | null,
  timedOut: boolean,
): Exclude<ApiAnswer<never>, { kind: 'ok' }> {
  if (refusal !== null) {
    const { status, description, retryAfterSeconds } = refusal;
    // Even a far end that names no time is left alone for a while.
    const retryAfterMs = status === TOO_MANY ? Math.max(1, retryAfterSeconds ?? 5) * 1000 : 0;
    if (typeof status !== 'number') return { kind: 'unanswered', reason: 'an answer that is none of the Bot API' };
    return { kind: 'error', status, description, retryAfterMs };
  }
  if (timedOut) return { kind: 'unanswered', reason: 'no answer in time' };
  const code = ((error as Error).cause as { code?: string } | undefined)?.code;
  if (code !== undefined && UNREACHED.has(code)) return { kind: 'unreached', reason: `cannot be reached (${code})` };
  return { kind: 'unanswered', reason: `no whole answer (${code ?? 'broken off'})` };
}
