import type { FeedTiming, VenueProtocol } from './feed.ts';

/** The first dial after a loss comes at once, within this, ms. */
const FIRST_DIAL_MS = 30;

/**
 * How long a dial waits, ms: doubling with each attempt up to the cap, half of it by chance, so that many clients do not
 * come together.
 *
 * @param attempt 0 is the first one
 * @param chance from 0 to 1
 */
export function backoffMs(
  attempt: number,
  { backoffBaseMs, backoffCapMs }: Pick<FeedTiming, 'backoffBaseMs' | 'backoffCapMs'>,
  chance: number,
): number {
  if (attempt === 0) return FIRST_DIAL_MS * chance;
  return Math.min(backoffCapMs, backoffBaseMs * 2 ** (attempt - 1)) * (0.5 + chance / 2);
}

/** The venue's limit of dials in a window, over one client's dials. */
export class DialLimit {
  readonly #limit: VenueProtocol['dialLimit'];
  readonly #dials: number[] = [];

  constructor(limit: VenueProtocol['dialLimit']) {
    this.#limit = limit;
  }

  dialled(nowMs: number): void {
    this.#dials.push(nowMs);
  }

  /** How long the next dial has to wait so that no window holds more than the limit, ms. */
  waitMs(nowMs: number): number {
    const { most, windowMs } = this.#limit;
    while (this.#dials.length > 0 && nowMs - this.#dials[0]! > windowMs) this.#dials.shift();
    const oldest = this.#dials[this.#dials.length - most];
    return oldest === undefined ? 0 : oldest + windowMs - nowMs;
  }
}
