/** Time during which at least one piece of foreign work was under way: several at once count once. */
export class Waits {
  totalMs = 0;
  #out = 0;
  #sinceMs = 0;

  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#out++ === 0) this.#sinceMs = performance.now();
    try {
      return await work();
    } finally {
      if (--this.#out === 0) this.totalMs += performance.now() - this.#sinceMs;
    }
  }
}
