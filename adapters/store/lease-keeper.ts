import { pause } from '#adapters/pause.ts';
import type { LeaseRecord, LeaseStore } from '#core/ports/cloud-store.ts';

/** All ms. */
export interface LeaseTiming {
  /** A holder that showed no life for so long is replaced. */
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly pollMs: number;
}

/** Taken over well within five seconds: the lease, the wait between two looks, and the requests themselves. */
export const LEASE_TIMING: LeaseTiming = { leaseMs: 3000, renewMs: 1000, pollMs: 500 };

export interface LeaseKeeperParts {
  readonly lease: LeaseStore;
  /** Names this process and no other, also after a restart. */
  readonly holder: string;
  readonly timing: LeaseTiming;
  /** The right to send was taken with this epoch. */
  readonly leads: (epoch: number) => void;
  /** Somebody else has taken it. */
  readonly lost: (by: LeaseRecord | null) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps, or waits for, the right to be the one that sends. Who leads goes on leading while the store cannot be reached:
 * nobody else can take over then without the store, and if somebody does, the writes themselves refuse this epoch.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #stopping = new AbortController();
  #held: LeaseRecord | null = null;
  #seen: { readonly sign: string; readonly sinceMs: number } | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
  }

  /** Fencing token while this process leads; null while it waits. */
  get epoch(): number | null {
    return this.#held?.epoch ?? null;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Gives the lease back, so that the next one need not wait. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const held = this.#held;
    this.#held = null;
    if (held === null) return;
    try {
      await this.#parts.lease.release(held);
    } catch (error) {
      this.#parts.failed(error);
    }
  }

  /** The store showed a newer epoch than the one held. */
  fenced(): void {
    if (this.#held === null) return;
    this.#held = null;
    this.#parts.lost(null);
  }

  async #run(): Promise<void> {
    const { timing, failed } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      try {
        if (this.#held === null) await this.#tryTake();
        else await this.#renew(this.#held);
      } catch (error) {
        failed(error);
      }
      await pause(this.#held === null ? timing.pollMs : timing.renewMs, this.#stopping.signal);
    }
  }

  async #tryTake(): Promise<void> {
    const { lease, holder, timing, leads } = this.#parts;
    const seen = await lease.read();
    // The answer to taking it was lost.
    const isMine = seen?.holder === holder && !seen.released;
    const isFree = seen === null || seen.released || this.#unchangedMs(seen) >= timing.leaseMs;
    if (!isMine && !isFree) return;
    const taken = isMine ? seen : await lease.take(holder, seen);
    if (taken === null) return;
    this.#held = taken;
    // One that is being stopped only gives it back.
    if (!this.#stopping.signal.aborted) leads(taken.epoch);
  }

  async #renew(held: LeaseRecord): Promise<void> {
    const { lease, holder, lost } = this.#parts;
    const renewed = await lease.renew(held);
    // Refused: another one leads, or an earlier renewal was made and its answer lost.
    const now = renewed ?? (await lease.read());
    if (this.#held !== held) return;
    if (now?.holder === holder && now.epoch === held.epoch && !now.released) {
      this.#held = now;
      return;
    }
    this.#held = null;
    lost(now);
  }

  /** For how long a holder has shown no life, by this process's own clock. */
  #unchangedMs({ epoch, beat, holder }: LeaseRecord): number {
    const sign = `${epoch} ${beat} ${holder}`;
    const nowMs = performance.now();
    if (this.#seen?.sign !== sign) this.#seen = { sign, sinceMs: nowMs };
    return nowMs - this.#seen.sinceMs;
  }
}
