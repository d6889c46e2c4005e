const SECOND_MS = 1000;
/**
 * So many seconds are gone through one by one where nothing enters between. After a day without any event a second
 * finds nothing that the one before has not found, so the rest of a longer gap is passed over up to its last one.
 */
const WALKED_SECONDS = 86_400;

interface DueWork {
  readonly atMs: number;
  readonly order: number;
  readonly run: (atMs: number) => void;
}

/**
 * Puts everything that enters the engine into strict order of time: work that is due at or before a moment runs, each at
 * its own time, before anything received at that moment. Live, replay and tests use the same one, so a timer that
 * fires late changes nothing.
 */
export class Sequencer {
  readonly #queue: DueWork[] = [];
  readonly #onSecond: (atMs: number) => void;
  readonly #failed: (error: unknown) => void;
  #nowMs = -1;
  #nextSecondMs = -1;
  #scheduled = 0;

  /**
   * @param onSecond called for each whole second that passes, after orders that are due then
   * @param failed told of work that threw: what comes after it goes on, so that its failure meets nothing that happens to
   *   be received next
   */
  constructor(onSecond: (atMs: number) => void, failed: (error: unknown) => void) {
    this.#onSecond = onSecond;
    this.#failed = failed;
  }

  /** The engine's present moment, ms; −1 before the first event. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How much work is scheduled. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** When the earliest scheduled work is due, ms; Infinity where nothing is scheduled. */
  get nextDueMs(): number {
    return this.#queue[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Schedules work; what is due at the same moment runs in the order in which it was scheduled. */
  schedule(atMs: number, run: (atMs: number) => void): void {
    const work = { atMs, order: this.#scheduled++, run };
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.atMs > atMs) at--;
    this.#queue.splice(at, 0, work);
  }

  /**
   * Moves to a moment, doing all that is due until then. An earlier moment than the present one counts as the present
   * one: this clock never steps back.
   *
   * @returns the moment at which the caller's event is to be judged
   */
  advanceTo(atMs: number): number {
    if (this.#nowMs < 0) this.#nextSecondMs = Math.ceil(atMs / SECOND_MS) * SECOND_MS;
    // biome-ignore lint/complexity/useMathMinMax: handing the very number on, and not one computed from it, allocates none
    const target = atMs < this.#nowMs ? this.#nowMs : atMs;
    let walked = 0;
    while (this.#nextSecondMs <= target || this.nextDueMs <= target) {
      if (this.nextDueMs <= this.#nextSecondMs) this.#runFirst();
      else {
        if (walked++ >= WALKED_SECONDS) this.#passOver(Math.min(target, this.nextDueMs));
        this.#walk();
      }
    }
    this.#nowMs = target;
    return target;
  }

  /** Does what has become due at the present moment: orders without latency, sent by the step before. */
  drain(): void {
    while (this.nextDueMs <= this.#nowMs) this.#runFirst();
  }

  #passOver(untilMs: number): void {
    this.#nextSecondMs = Math.max(this.#nextSecondMs, Math.floor(untilMs / SECOND_MS) * SECOND_MS);
  }

  #walk(): void {
    const second = this.#nextSecondMs;
    if (second > this.#nowMs) this.#nowMs = second;
    this.#nextSecondMs += SECOND_MS;
    try {
      this.#onSecond(second);
    } catch (error) {
      this.#failed(error);
    }
  }

  #runFirst(): void {
    const work = this.#queue.shift()!;
    if (work.atMs > this.#nowMs) this.#nowMs = work.atMs;
    try {
      work.run(this.#nowMs);
    } catch (error) {
      this.#failed(error);
    }
  }
}
