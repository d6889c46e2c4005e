/** The code of a call that was not even tried: it follows from a failure that was told. */
export const STORE_AWAY = 'STORE_AWAY';

/** Codes of failures after which the next call would most likely only wait as well. */
const AWAY = new Set(['STORE_UNREACHABLE', 'STORE_TIMEOUT', 'STORE_BUSY']);

/** How long a table that failed is left alone at least, ms; twice as long with each failure in a row. */
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 4000;

/**
 * Keeps a loop that waits for each answer from waiting again and again while the table is away: after a failure calls are
 * refused at once, until the table has been left alone for a while and somebody who does not wait has heard it.
 */
export class Outage {
  #restMs = 0;
  #endsMs = 0;
  #failedAtMs: number | null = null;

  get isUp(): boolean {
    return this.#failedAtMs === null;
  }

  /** How long it has been away, ms. */
  awayMs(nowMs: number): number {
    return this.#failedAtMs === null ? 0 : nowMs - this.#failedAtMs;
  }

  failed(code: string, nowMs: number): void {
    if (!AWAY.has(code)) return;
    this.#restMs = Math.min(LONGEST_REST_MS, this.#restMs === 0 ? FIRST_REST_MS : this.#restMs * 2);
    this.#endsMs = nowMs + this.#restMs;
    this.#failedAtMs = nowMs;
  }

  /** A call was answered. */
  answered(): void {
    this.#restMs = 0;
    this.#failedAtMs = null;
  }

  /** The table answered to somebody else, who had asked at this moment. */
  heard(askedAtMs: number, nowMs: number): void {
    if (this.#failedAtMs !== null && askedAtMs > this.#failedAtMs && nowMs >= this.#endsMs) this.#failedAtMs = null;
  }
}
