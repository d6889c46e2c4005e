import type { AlertCode } from './catalogue.ts';
import { raise, resolve } from './raise.ts';
import type { Alert } from './types.ts';

interface Held {
  readonly code: AlertCode;
  readonly subject: string;
  lastMs: number;
}

/**
 * Turns conditions that are looked at again and again into alerts: one when a condition begins, one when it has been gone for
 * a while, so that one that flickers is one.
 */
export class Conditions {
  readonly #held = new Map<string, Held>();
  readonly #raise: (alert: Alert) => void;

  constructor(raiseAlert: (alert: Alert) => void) {
    this.#raise = raiseAlert;
  }

  /** One that was open before this process began. */
  adopt(code: AlertCode, subject: string, nowMs: number): void {
    this.#held.set(`${code} ${subject}`, { code, subject, lastMs: nowMs });
  }

  isHeld(code: AlertCode, subject: string): boolean {
    return this.#held.has(`${code} ${subject}`);
  }

  /** @param clearAfterMs how long it has to be gone until it is over */
  look(code: AlertCode, subject: string, holds: boolean, nowMs: number, reason: string, clearAfterMs: number): void {
    const key = `${code} ${subject}`;
    const held = this.#held.get(key);
    if (holds) {
      if (held !== undefined) {
        held.lastMs = nowMs;
        return;
      }
      this.#held.set(key, { code, subject, lastMs: nowMs });
      this.#raise(raise(code, subject, nowMs, reason));
    } else if (held !== undefined && nowMs - held.lastMs >= clearAfterMs) {
      this.#held.delete(key);
      this.#raise(resolve(code, subject, nowMs, 'its condition is gone'));
    }
  }

  /** Ends those of a code that nobody reported for a while. */
  sweep(code: AlertCode, nowMs: number, clearAfterMs: number): void {
    for (const { code: each, subject } of [...this.#held.values()])
      if (each === code) this.look(code, subject, false, nowMs, '', clearAfterMs);
  }
}
