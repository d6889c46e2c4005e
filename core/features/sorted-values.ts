/** Numbers kept in order in one array: adding and removing one is a search and a move, the median costs nothing. */
export class SortedValues {
  /** What `exchange` takes out, and what it puts in: fields, as a number that is handed to a call may be allocated. */
  outgoing = Number.NaN;
  incoming = Number.NaN;
  #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** The middle value, of an even number the lower of the two; NaN where there is none. */
  get median(): number {
    return this.#count === 0 ? Number.NaN : this.#values[(this.#count - 1) >> 1]!;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(2 * this.#count + 8);
      wider.set(this.#values);
      this.#values = wider;
    }
    const at = this.#find(value);
    this.#values.copyWithin(at + 1, at, this.#count);
    this.#values[at] = value;
    this.#count++;
  }

  /** Removes one number that is there. */
  remove(value: number): void {
    const at = this.#find(value);
    this.#values.copyWithin(at, at + 1, this.#count);
    this.#count--;
  }

  /** Puts `incoming` in the place of `outgoing`, which is there; numbers between the two move by one. */
  exchange(): void {
    const values = this.#values;
    const value = this.incoming;
    let at = this.#find(this.outgoing);
    while (at + 1 < this.#count && values[at + 1]! < value) {
      values[at] = values[at + 1]!;
      at++;
    }
    while (at > 0 && values[at - 1]! > value) {
      values[at] = values[at - 1]!;
      at--;
    }
    values[at] = value;
  }

  /** Index of the first number that is not below. */
  #find(value: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
