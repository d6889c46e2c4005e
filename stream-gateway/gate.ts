import type { Settings } from '#core/engine/settings.ts';
import { type Interest, InterestFilter } from '#core/gateway/interest.ts';
import { INTEREST_TIMING, type InterestTiming } from '#core/gateway/timing.ts';
import type { Tick } from '#core/market/market.ts';
import type { InterestView } from '#core/ports/cloud-store.ts';

export interface GateParts {
  readonly settings: Settings;
  readonly nowMs: number;
  readonly timing: InterestTiming | undefined;
  /** A tick that has to be sent. @returns whether it is, or may be */
  readonly pass: (tick: Tick, interest: Interest) => boolean;
}

/** Lets pass what the interest filter wants sent, while this process leads; counts what it keeps back. */
export class Gate {
  readonly filter: InterestFilter;
  readonly #pass: GateParts['pass'];
  #settings: Settings;
  #open = false;
  /** Ticks kept back while leading. */
  filtered = 0;

  constructor({ settings, nowMs, timing, pass }: GateParts) {
    this.#settings = settings;
    this.#pass = pass;
    this.filter = new InterestFilter(settings.strategy, timing ?? INTEREST_TIMING, settings, nowMs);
  }

  tick(tick: Tick, index: number): void {
    if (!this.#open) return;
    const interest = this.filter.judge(index, tick);
    if (interest === null || !this.#pass(tick, interest)) this.filtered++;
  }

  /** From now on this process sends; whoever did before may have opened anything. */
  open(nowMs: number): void {
    this.#open = true;
    this.filter.forget(this.#settings.strategy, nowMs);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  close(): void {
    this.#open = false;
  }

  reconfigure(settings: Settings, nowMs: number): void {
    this.#settings = settings;
    this.filter.setSymbols(settings, nowMs);
    this.filter.forget(settings.strategy, nowMs);
  }

  /**
   * @param startedMs when the read began
   * @param sameConfiguration whether ticks are judged by the very configuration that this process has
   */
  read({ states, control }: InterestView, startedMs: number, sameConfiguration: boolean, nowMs: number): void {
    this.filter.account({ flatten: control.flatten, sameConfiguration }, nowMs);
    for (const state of states.values()) this.filter.read(state, startedMs);
  }
}
