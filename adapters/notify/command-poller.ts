import type { COMMAND_POLLS } from '#core/metrics/labels.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { CommandBot } from './command-bot.ts';
import type { ApiAnswer, TelegramApi } from './telegram-api.ts';
import { updateNumber } from './updates.ts';

/** Telegram holds a poll open so long where nobody writes, s. */
const POLL_SECONDS = 25;
const POLL_TIMEOUT_MS = 35_000;
const FIRST_WAIT_MS = 1000;
const MOST_WAIT_MS = 30_000;
/** Between tries where another program has the bot's updates, or the token is wrong, ms. */
const CONTESTED_WAIT_MS = 5000;
const UNAUTHORIZED_WAIT_MS = 60_000;
const CONFLICT = 409;

export type PollResult = (typeof COMMAND_POLLS)[number];

export interface CommandPollerParts {
  readonly api: TelegramApi;
  readonly bot: Pick<CommandBot, 'handle'>;
  readonly log: OperatorLog;
  /** Ends the wait early where the process stops. */
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly polled: (result: PollResult, description: string) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Reads the bot's updates by long polling and has each answered. How far it came is stored after each, so that one that was
 * being answered when the process died is answered by the next.
 */
export class CommandPoller {
  readonly #parts: CommandPollerParts;
  #offset: number | null = null;
  #failures = 0;

  constructor(parts: CommandPollerParts) {
    this.#parts = parts;
  }

  /** Ends with the signal. */
  async run(): Promise<void> {
    const { api, log, signal } = this.#parts;
    this.#offset = await this.#kept(async () => (await log.state(() => null)).offset);
    while (!signal.aborted) {
      const payload = {
        ...(this.#offset === null ? {} : { offset: this.#offset }),
        timeout: POLL_SECONDS,
        allowed_updates: ['message', 'callback_query'],
      };
      const answer = await api.call<unknown>('getUpdates', payload, POLL_TIMEOUT_MS, signal);
      if (signal.aborted) return;
      if (answer.kind === 'ok' && Array.isArray(answer.result)) await this.#all(answer.result);
      else await this.#parts.wait(this.#trouble(answer));
    }
  }

  async #all(updates: readonly unknown[]): Promise<void> {
    this.#failures = 0;
    this.#parts.polled('ok', '');
    for (const update of updates) {
      const number = updateNumber(update);
      if (number === null || (this.#offset !== null && number < this.#offset)) continue;
      await this.#parts.bot.handle(update);
      const offset = number + 1;
      this.#offset = offset;
      await this.#kept(() => this.#parts.log.state((state) => ({ ...state, offset })));
      if (this.#parts.signal.aborted) return;
    }
  }

  /** A store that fails is no reason not to answer: how far it came is kept here meanwhile. */
  async #kept<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.#parts.failed(error);
      return null;
    }
  }

  /** Counts what went wrong. Returns how long to leave it alone, ms. */
  #trouble(answer: ApiAnswer<unknown>): number {
    const { polled } = this.#parts;
    const backOffMs = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, MOST_WAIT_MS);
    this.#failures++;
    if (answer.kind === 'ok') {
      polled('failed', 'an answer that is none of the Bot API');
      return backOffMs;
    }
    if (answer.kind !== 'error') {
      polled('failed', answer.reason);
      return backOffMs;
    }
    const { status, description, retryAfterMs } = answer;
    if (status === CONFLICT) {
      polled('conflict', description);
      return CONTESTED_WAIT_MS;
    }
    const isUnauthorized = status === 401 || status === 404;
    polled(isUnauthorized ? 'unauthorized' : 'failed', `${status}: ${description}`);
    if (isUnauthorized) return UNAUTHORIZED_WAIT_MS;
    return retryAfterMs > 0 ? retryAfterMs : backOffMs;
  }
}
