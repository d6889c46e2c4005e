const SECOND_MS = 1000;

/** Counts events of the last stretch of time, in whole seconds. */
export class Rolling {
  readonly #seconds: number;
  readonly #buckets: Float64Array;
  #atSecond = 0;
  #sum = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#buckets = new Float64Array(seconds);
  }

  add(nowMs: number, amount = 1): void {
    this.#advance(nowMs);
    this.#buckets[this.#atSecond % this.#seconds]! += amount;
    this.#sum += amount;
  }

  sum(nowMs: number): number {
    this.#advance(nowMs);
    return this.#sum;
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / SECOND_MS);
    const steps = Math.min(second - this.#atSecond, this.#seconds);
    for (let i = 1; i <= steps; i++) {
      const at = (second - steps + i) % this.#seconds;
      this.#sum -= this.#buckets[at]!;
      this.#buckets[at] = 0;
    }
    if (second > this.#atSecond) this.#atSecond = second;
  }
}
