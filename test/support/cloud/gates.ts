/** Never comes: where a handler is killed. */
const NEVER = new Promise<never>(() => {});

interface Waiting {
  readonly handler: string;
  /** What it awaits, and on which side of it: `commit OPEN, before`. */
  readonly at: string;
  readonly go: () => void;
  readonly fail: (error: Error) => void;
}

/** What a handler's call is told by. */
type NameOf = (handler: string, call: string, given: readonly unknown[]) => string;

/**
 * Every await of every handler, in the hand of a test: each waits here until it is let on, failed, or forgotten with its
 * whole handler, which is what a kill does.
 */
export class Gates {
  #waiting: Waiting[] = [];
  readonly #stalled: Waiting[] = [];
  readonly #dead = new Set<string>();
  /** Let on, and not yet back with their answer. */
  #working = 0;
  passed = 0;
  /** Every await that was met, by what it is of, and at which of them somebody was killed. */
  readonly met = new Set<string>();
  readonly killedAt = new Set<string>();
  readonly #nameOf: NameOf;

  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  /** A handler's own gate: it waits before what it does and before it learns what came of it. */
  wrap<T extends object>(handler: string, target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const value = Reflect.get(object, name);
        if (typeof value === 'object' && value !== null) return this.wrap(handler, value);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          const what = this.#nameOf(handler, String(name), given);
          await this.#wait(handler, `${what}, before`);
          this.#working++;
          const answer = await Promise.resolve(value.apply(object, given)).finally(() => this.#working--);
          await this.#wait(handler, `${what}, after`);
          return answer;
        };
      },
    });
  }

  #wait(handler: string, at: string): Promise<void> {
    if (this.#dead.has(handler)) return NEVER;
    this.met.add(at);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ handler, at, go: resolve, fail: reject });
    });
  }

  get count(): number {
    return this.#waiting.length;
  }

  /** What one that waits awaits. */
  at(index: number): string | undefined {
    return this.#waiting[index]?.at;
  }

  /** Lets one that waits go on, or fails it where an error is given. */
  async pass(index: number, error: Error | null = null): Promise<void> {
    const [chosen] = this.#waiting.splice(index, 1);
    if (chosen === undefined) return;
    this.passed++;
    if (error === null) chosen.go();
    else chosen.fail(error);
    await this.quiet();
  }

  /** One that waits stands still for longer than others take: until all are woken. */
  stall(index: number): void {
    this.#stalled.push(...this.#waiting.splice(index, 1));
  }

  wake(): void {
    this.#waiting.push(...this.#stalled.splice(0));
  }

  /** The handler of one that waits ends here, without another word. @returns which */
  kill(index: number): string {
    const { handler, at } = this.#waiting[index]!;
    this.killedAt.add(at);
    this.#dead.add(handler);
    this.#waiting = this.#waiting.filter((each) => each.handler !== handler);
    return handler;
  }

  /** Lets all go on until nobody waits. */
  async drain(): Promise<void> {
    await this.quiet();
    while (this.#waiting.length > 0) await this.pass(0);
  }

  /** Until everything has run that can without another gate. */
  async quiet(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#working > 0);
  }
}
