import type { Courier } from '#core/alerts/courier.ts';
import type { Notice, NoticeQueue, Notifier, SendOutcome } from '#core/ports/alerts.ts';
import { createCouriers } from './lanes.ts';

/** A claim of a courier that did not come back is free again, ms. */
const LEASE_MS = 60_000;

export interface DeskParts {
  readonly queue: NoticeQueue;
  readonly notifier: Notifier;
  readonly maxPerMinute: number;
  readonly runbookBase: string | null;
  readonly now: () => number;
  readonly told: (outcome: SendOutcome, notices: readonly Notice[]) => void;
  /** The queue itself failed; it is asked again. */
  readonly failed: (error: unknown) => void;
  /** No other process sends from this queue: what is found half-sent at the start was left by a crash. */
  readonly alone: boolean;
  /** What is queued by another process, such as a command line, is found by then, ms. */
  readonly lookMs: number;
}

interface Lane {
  readonly courier: Courier;
  busy: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Keeps both lanes of notices moving while a process runs. */
export class AlertDesk {
  readonly #parts: DeskParts;
  readonly #lanes: readonly Lane[];
  #running = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#lanes = createCouriers(parts).map((courier) => ({ courier, busy: false, timer: undefined }));
  }

  async start(): Promise<void> {
    this.#running = true;
    const { queue, now, alone } = this.#parts;
    await queue.recover(now(), alone ? 0 : LEASE_MS);
    this.wake();
  }

  /** Something may have been queued. */
  wake(): void {
    for (const lane of this.#lanes) this.#run(lane);
  }

  /** Lets what is under way end; what waits stays queued. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const lane of this.#lanes) clearTimeout(lane.timer);
    await this.#work;
  }

  /** Frees what another sender took and did not come back with. */
  async recover(): Promise<void> {
    const { queue, now } = this.#parts;
    await queue.recover(now(), LEASE_MS);
  }

  #run(lane: Lane): void {
    if (lane.busy || !this.#running) return;
    lane.busy = true;
    clearTimeout(lane.timer);
    const work = this.#deliver(lane.courier).finally(() => {
      lane.busy = false;
      if (this.#running) lane.timer = setTimeout(() => this.#run(lane), this.#parts.lookMs);
    });
    this.#work = Promise.all([this.#work, work]);
  }

  async #deliver(courier: Courier): Promise<void> {
    try {
      await courier.deliver();
    } catch (error) {
      this.#parts.failed(error);
    }
  }
}
