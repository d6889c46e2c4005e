import { AsyncLocalStorage } from 'node:async_hooks';
import type { COUNTED } from '#core/cost/rates.ts';

export type Counter = (typeof COUNTED)[number];
export type Part = 'gateway' | 'function';

/** What was counted so far in this process. */
export class Tallies {
  readonly #counts: Partial<Record<Counter, number>> = {};

  add(counter: Counter, by = 1): void {
    this.#counts[counter] = this.of(counter) + by;
  }

  of(counter: Counter): number {
    return this.#counts[counter] ?? 0;
  }

  all(): Partial<Record<Counter, number>> {
    return { ...this.#counts };
  }
}

/** Whose work the present asynchronous context does; what belongs to nobody is not counted. */
const present = new AsyncLocalStorage<{ readonly part: Part; readonly tallies: Tallies }>();
let always: { readonly part: Part; readonly tallies: Tallies } | undefined;

export function counting<T>(part: Part, tallies: Tallies, run: () => T): T {
  return present.run({ part, tallies }, run);
}

/** From now on everything in this process is counted for one part. */
export function countAlways(part: Part, tallies: Tallies): void {
  always = { part, tallies };
}

export const presentCount = () => present.getStore() ?? always;
