import { GUARD_CODES } from '#core/metrics/labels.ts';
import type { GuardTriggers } from '#core/ports/records.ts';

/**
 * The guards' counts in the store as increments of a counter: what was there at the first look was counted by whoever told
 * it then.
 */
export class StoredTriggers {
  readonly #seen = new Map<string, number>();
  #isFirst = true;

  /** What came since the last look; only guards that there are. */
  since(stored: readonly GuardTriggers[]): GuardTriggers[] {
    const more: GuardTriggers[] = [];
    for (const { guard, symbol, count } of stored) {
      const key = `${guard}|${symbol}`;
      const added = count - (this.#seen.get(key) ?? 0);
      this.#seen.set(key, count);
      if (!this.#isFirst && added > 0 && GUARD_CODES.includes(guard)) more.push({ guard, symbol, count: added });
    }
    this.#isFirst = false;
    return more;
  }
}
