/** Something measured outside the engine. Enters it with a time, and is recorded, so that a replay measures the same. */
export type Measurement =
  /** Failures that were survived since the last measurement; malformed frames are none. */
  | { readonly kind: 'errors'; readonly count: number }
  /** This machine's clock less the venue's, ms. */
  | { readonly kind: 'clock'; readonly skewMs: number }
  | { readonly kind: 'disk'; readonly freeBytes: number }
  /** What of the ledger does not match; null where all does. */
  | { readonly kind: 'reconcile'; readonly mismatch: string | null }
  /** Symbols under a venue's warning. */
  | { readonly kind: 'warnings'; readonly symbols: readonly string[] }
  /** Symbols of which a wallet is suspended on either venue. */
  | { readonly kind: 'wallets'; readonly suspended: readonly string[] };

/** Seconds over which errors are counted. */
const WINDOW_SECONDS = 60;

/**
 * The last of each measurement. Begins anew with every run: what has not been measured holds nothing back, and ends no
 * hold that an earlier run left.
 */
export class Outside {
  skewMs: number | null = null;
  freeBytes: number | null = null;
  /** Undefined until the ledger was compared. */
  mismatch: string | null | undefined = undefined;
  warned: ReadonlySet<string> = new Set();
  /** Null until wallets were asked for, which takes keys. */
  suspended: ReadonlySet<string> | null = null;
  /** When the first second of this run passed, ms: a venue that was never heard is silent since then. */
  sinceMs: number | null = null;
  readonly #errors = new Int32Array(WINDOW_SECONDS);
  #second = 0;
  /** Errors within the last minute, by whole seconds. */
  errorsInMinute = 0;

  take(measurement: Measurement, atMs: number): void {
    switch (measurement.kind) {
      case 'errors':
        this.second(atMs);
        this.#errors[this.#second % WINDOW_SECONDS]! += measurement.count;
        this.errorsInMinute += measurement.count;
        break;
      case 'clock':
        this.skewMs = measurement.skewMs;
        break;
      case 'disk':
        this.freeBytes = measurement.freeBytes;
        break;
      case 'reconcile':
        this.mismatch = measurement.mismatch;
        break;
      case 'warnings':
        this.warned = new Set(measurement.symbols);
        break;
      case 'wallets':
        this.suspended = new Set(measurement.suspended);
        break;
    }
  }

  /** Moves the window of errors on. */
  second(atMs: number): void {
    this.sinceMs ??= atMs;
    const second = Math.floor(atMs / 1000);
    const passed = Math.min(second - this.#second, WINDOW_SECONDS);
    for (let i = 1; i <= passed; i++) {
      const slot = (second - passed + i) % WINDOW_SECONDS;
      this.errorsInMinute -= this.#errors[slot]!;
      this.#errors[slot] = 0;
    }
    if (second > this.#second) this.#second = second;
  }
}
