import type { Notice, NoticeQueue, Notifier, SendOutcome } from '../ports/alerts.ts';
import { bundleText, type FormatOptions, noticeText, summaryText } from './format.ts';
import type { MessageText } from './text.ts';
import { endSlot, freeSlots, lastOtherMs, nextFreeMs, takeSlot, type WindowLimits } from './window.ts';

/** Notices in one summary. */
const MOST_IN_SUMMARY = 1000;
/** P0 notices that share a message with their reasons; where more wait than that allows, they are summed up too. */
const MOST_URGENT = 8;
/** In a storm the summaries of what is not P0 keep this distance, so that messages are left for P0, ms. */
const SUMMARY_EVERY_MS = 15_000;
/** After a failure the next try waits so long, then twice as long, up to the most, ms. */
const BACKOFF_MS = 1000;
const MOST_BACKOFF_MS = 30_000;

export interface CourierParts extends FormatOptions {
  /** P0 alone, or all others: P0 never waits behind the send of another. */
  readonly urgent: boolean;
  readonly queue: NoticeQueue;
  readonly notifier: Notifier;
  readonly limits: WindowLimits;
  readonly now: () => number;
  /** Names of tries, unlike any other courier's. */
  readonly newAttempt: () => string;
  /** Told of each try's end. */
  readonly told: (outcome: SendOutcome, notices: readonly Notice[]) => void;
}

/**
 * Brings notices of one lane to the operator within the stored window of sends, coalesced where they would not fit one by
 * one. Several couriers may work on one queue.
 */
export class Courier {
  readonly #parts: CourierParts;
  #failures = 0;
  #waitUntilMs = 0;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** Sends what may be sent now. Returns when to come again, ms; null where nothing waits. */
  async deliver(): Promise<number | null> {
    for (;;) {
      const { queue, limits, now, urgent } = this.#parts;
      const together = urgent ? MOST_URGENT : 1;
      const count = await queue.waiting(urgent, together * limits.most + 1);
      if (count === 0) return null;
      const nowMs = now();
      if (nowMs < this.#waitUntilMs) return this.#waitUntilMs;
      const attempt = this.#parts.newAttempt();
      let plan = { most: 0, waitUntilMs: 0 };
      await queue.window((before) => {
        const free = freeSlots(before, nowMs, urgent, limits);
        const isStorm = count > together * free;
        const calmMs = urgent || !isStorm ? 0 : (lastOtherMs(before) ?? -SUMMARY_EVERY_MS) + SUMMARY_EVERY_MS;
        const waitUntilMs = Math.max(calmMs, nextFreeMs(before, nowMs, urgent, limits));
        plan = { most: isStorm ? MOST_IN_SUMMARY : together, waitUntilMs };
        return waitUntilMs > nowMs ? null : takeSlot(before, attempt, nowMs, urgent, limits);
      });
      if (plan.waitUntilMs > nowMs) return plan.waitUntilMs;
      await this.#sendOne(attempt, plan.most);
    }
  }

  async #sendOne(attempt: string, most: number): Promise<void> {
    const { queue, notifier, now, urgent } = this.#parts;
    const claimed = await queue.claim({ urgent, most, attempt, nowMs: now() });
    if (claimed.length === 0) {
      await queue.window((window) => endSlot(window, attempt, null));
      return;
    }
    const text = this.#text(claimed);
    const outcome = await notifier.send(text.html, text.plain);
    const endMs = now();
    const arrived = outcome.kind === 'sent' || outcome.kind === 'unknown';
    const pausedUntilMs = outcome.kind === 'limited' ? endMs + outcome.retryAfterMs : 0;
    await queue.window((window) => endSlot(window, attempt, arrived ? endMs : null, pausedUntilMs));
    await queue.settle(attempt, END[outcome.kind], endMs);
    this.#backOff(outcome, endMs);
    this.#parts.told(outcome, claimed);
  }

  #text(claimed: readonly Notice[]): MessageText {
    if (claimed.length === 1) return noticeText(claimed[0]!, this.#parts);
    if (!this.#parts.urgent) return summaryText(claimed);
    const { text, used } = bundleText(claimed, this.#parts);
    return used === claimed.length ? text : summaryText(claimed);
  }

  #backOff({ kind }: SendOutcome, nowMs: number): void {
    if (kind === 'sent' || kind === 'refused') {
      this.#failures = 0;
      return;
    }
    if (kind === 'limited') return;
    const waitMs = Math.min(BACKOFF_MS * 2 ** this.#failures, MOST_BACKOFF_MS);
    this.#failures++;
    this.#waitUntilMs = nowMs + waitMs;
  }
}

const END = { sent: 'sent', limited: 'again', failed: 'again', unknown: 'unsure', refused: 'refused' } as const;
