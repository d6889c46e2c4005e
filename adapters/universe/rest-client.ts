import { setTimeout as sleep } from 'node:timers/promises';
import { type Reduction, reduceAnswer } from './reduce.ts';

const TIMEOUT_MS = 4000;
/** A limit that lifts within this is waited for, so often; a longer one fails the reading. */
const PATIENCE_MS = 5000;
const TRIES = 3;
const TOO_MANY = 429;
const BANNED = 418;

/** What a venue allows of its REST, and what of it is used. */
export interface RestBudget {
  /** Takes a request's share. @returns how long it has to wait before it may leave, ms */
  reserve(weight: number, nowMs: number): number;
  /** Takes over what the venue itself counts. */
  learn(headers: Headers, nowMs: number): void;
  /** How long to keep away where a refusal does not say, ms. */
  readonly usualBlockMs: { readonly limited: number; readonly banned: number };
}

/** A venue's REST did not give an answer that can be used. */
export class RestError extends Error {
  /** Null where no answer came at all. */
  readonly status: number | null;
  /** Not to be asked again before this moment, ms; null where nothing was said. */
  readonly retryAtMs: number | null;

  constructor(status: number | null, message: string, retryAtMs: number | null = null) {
    super(message);
    this.name = 'RestError';
    this.status = status;
    this.retryAtMs = retryAtMs;
  }
}

export interface RestClientOptions {
  readonly restUrl: string;
  readonly budget: RestBudget;
  /** Ends waiting and asking. */
  readonly signal?: AbortSignal | undefined;
}

/** Asks one venue's public REST within its limits: never more than its budget, never while it said to wait. */
export class RestClient {
  readonly #options: RestClientOptions;
  #blockedUntilMs = 0;

  constructor(options: RestClientOptions) {
    this.#options = options;
  }

  /**
   * @param path below `restUrl`, with its query
   * @param weight what the venue counts it as
   * @throws RestError
   */
  async get(path: string, weight = 1): Promise<unknown> {
    const response = await this.#answer(path, weight);
    return this.#read(response, () => response.json());
  }

  /** The same of a large answer, down to what is needed of it. */
  async reduced<T>(path: string, reduction: Reduction<T>, weight = 1): Promise<T> {
    const response = await this.#answer(path, weight);
    return this.#read(response, async () => reduceAnswer(new Uint8Array(await response.arrayBuffer()), reduction));
  }

  async #answer(path: string, weight: number): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      this.#refuseWhileBlocked();
      await this.#wait(this.#options.budget.reserve(weight, Date.now()));
      this.#refuseWhileBlocked();
      const response = await this.#ask(path);
      this.#options.budget.learn(response.headers, Date.now());
      if (response.ok) return response;
      await response.body?.cancel();
      if (response.status !== TOO_MANY && response.status !== BANNED) throw this.#failure(response.status);
      const waitMs = this.#block(response);
      if (response.status === BANNED || waitMs > PATIENCE_MS || attempt === TRIES) throw this.#limited();
      await this.#wait(waitMs);
    }
  }

  #refuseWhileBlocked(): void {
    if (this.#blockedUntilMs > Date.now()) throw this.#limited();
  }

  #limited(): RestError {
    const leftMs = Math.max(0, this.#blockedUntilMs - Date.now());
    return new RestError(TOO_MANY, `limits us for ${Math.ceil(leftMs / 1000)} s more`, this.#blockedUntilMs);
  }

  /** Obeys a refusal: until then nothing is asked. */
  #block(response: Response): number {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const usual = this.#options.budget.usualBlockMs[response.status === BANNED ? 'banned' : 'limited'];
    const waitMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : usual;
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, Date.now() + waitMs);
    return waitMs;
  }

  async #ask(path: string): Promise<Response> {
    const { restUrl, signal } = this.#options;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(`${restUrl}${path}`, {
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        headers: { accept: 'application/json' },
      });
    } catch (error) {
      throw this.#failure(null, error);
    }
  }

  async #read<T>(response: Response, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.#failure(response.status, error);
    }
  }

  #failure(status: number | null, cause?: unknown): RestError {
    const { restUrl } = this.#options;
    const host = URL.canParse(restUrl) ? new URL(restUrl).host : restUrl;
    if (cause === undefined) return new RestError(status, `${host} answers ${status}`);
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    return new RestError(status, `${host}: ${inner instanceof Error ? inner.message : inner}`);
  }

  /** A timer may fire a moment before the clock says so: what was waited for has to be over. */
  async #wait(ms: number): Promise<void> {
    const { signal } = this.#options;
    const untilMs = Date.now() + ms;
    for (let leftMs = ms; leftMs > 0; leftMs = untilMs - Date.now()) {
      await sleep(leftMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
