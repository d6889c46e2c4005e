const SECOND_MS = 1000;

/** Counts events of the last stretch of time, in whole seconds. */
export class Rolling {
  readonly #seconds: number;
  readonly #buckets: Float64Array;
  #atSecond = 0;
  /** Of that second, ms: until then nothing has to be looked at. */
  #endsMs = SECOND_MS;
  #at = 0;
  #sum = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#buckets = new Float64Array(seconds);
  }

  add(nowMs: number, amount = 1): void {
    if (nowMs >= this.#endsMs) this.#advance(nowMs);
    this.#buckets[this.#at]! += amount;
    this.#sum += amount;
  }

  sum(nowMs: number): number {
    if (nowMs >= this.#endsMs) this.#advance(nowMs);
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
    this.#atSecond = second;
    this.#endsMs = (second + 1) * SECOND_MS;
    this.#at = second % this.#seconds;
  }
}
