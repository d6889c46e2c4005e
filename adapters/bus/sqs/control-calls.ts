import { setTimeout as sleep } from 'node:timers/promises';
import { errorName } from './errors.ts';

/** AWS allows about 15 control calls a second over a whole account; others need some of them. */
const CALLS_PER_SECOND = 8;
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 250;

const THROTTLED = new Set(['TooManyRequestsException', 'RequestThrottled', 'ThrottlingException', 'Throttling']);

/** Spaces calls that change queues and mappings, and repeats those that were refused for being too many. */
export class ControlCalls {
  readonly #spacingMs: number;
  #nextMs = 0;
  made = 0;

  constructor(perSecond = CALLS_PER_SECOND) {
    this.#spacingMs = 1000 / perSecond;
  }

  async call<T>(run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const nowMs = performance.now();
      const atMs = Math.max(nowMs, this.#nextMs);
      this.#nextMs = atMs + this.#spacingMs;
      if (atMs > nowMs) await sleep(atMs - nowMs);
      this.made++;
      try {
        return await run();
      } catch (error) {
        if (!THROTTLED.has(errorName(error)) || attempt === ATTEMPTS) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
      }
    }
  }
}
