import { setTimeout as sleep } from 'node:timers/promises';

/** How long and how often something is tried; waits are random up to a bound that doubles. */
export interface Patience {
  /** From the first try on, ms. */
  readonly budgetMs: number;
  readonly attempts: number;
}

/** Of a read, which nothing depends on but the one who asks. */
export const READING: Patience = { budgetMs: 3000, attempts: 4 };

const FIRST_WAIT_MS = 15;
const LONGEST_WAIT_MS = 250;

/** Counts tries and waits between them. */
export class Attempts {
  readonly #patience: Patience;
  readonly #startedMs = performance.now();
  #made = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Waits for the next try; false where there is none left. */
  async again(): Promise<boolean> {
    this.#made++;
    const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#made - 1));
    // At least a part of it, so that those who collided do not meet again at once.
    const waitMs = bound * (0.2 + 0.8 * Math.random());
    const spentMs = performance.now() - this.#startedMs;
    if (this.#made >= this.#patience.attempts || spentMs + waitMs > this.#patience.budgetMs) return false;
    await sleep(waitMs);
    return true;
  }
}
