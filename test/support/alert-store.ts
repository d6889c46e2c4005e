import { type Database, openDatabase } from '#adapters/store/sqlite/database.ts';
import { createNoticeQueue } from '#adapters/store/sqlite/notice-queue.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { Courier, type CourierParts } from '#core/alerts/courier.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import { windowLimits } from '#core/alerts/window.ts';
import type { NoticeQueue, Notifier, SendOutcome } from '#core/ports/alerts.ts';

const OWNER = { mode: 'paper', source: 'simulator' };

/** A store for alerts, in memory or in a file. */
export class AlertStore {
  readonly database: Database;
  readonly queue: NoticeQueue;
  readonly #store;

  constructor(file = ':memory:') {
    this.database = openDatabase(file, OWNER, false);
    this.queue = createNoticeQueue(this.database);
    this.#store = createSqliteStore(this.database);
  }

  write(...alerts: Alert[]): void {
    this.#store.record([], alerts);
  }

  /** States of all notices, with how many are in each. */
  states(): Record<string, number> {
    const rows = this.database.db.prepare('SELECT state, count(*) AS n FROM alert_message GROUP BY state').all();
    return Object.fromEntries(rows.map((row) => [String(row.state), Number(row.n)]));
  }
}

/** A notifier that takes down what it was given. */
export class Heard implements Notifier {
  readonly sent: { readonly atMs: number; readonly html: string }[] = [];
  readonly #now: () => number;
  answer: (html: string) => SendOutcome | Promise<SendOutcome> = () => ({ kind: 'sent' });

  constructor(now: () => number) {
    this.#now = now;
  }

  async send(html: string): Promise<SendOutcome> {
    const outcome = await this.answer(html);
    if (outcome.kind === 'sent' || outcome.kind === 'unknown') this.sent.push({ atMs: this.#now(), html });
    return outcome;
  }
}

let attempts = 0;

export function courier(
  parts: Pick<CourierParts, 'queue' | 'notifier' | 'now' | 'urgent'>,
  maxPerMinute = 10,
): Courier {
  return new Courier({
    ...parts,
    limits: windowLimits(maxPerMinute, 8000),
    runbookBase: null,
    newAttempt: () => `try-${attempts++}`,
    told: () => {},
  });
}

/** The most messages in any stretch of a minute. */
export function mostInWindow(timesMs: readonly number[]): number {
  return Math.max(0, ...timesMs.map((from) => timesMs.filter((at) => at >= from && at < from + 60_000).length));
}

export const p0 = (subject: string, atMs: number) => raise('STORE_LOST', subject, atMs, `P0 of ${subject}`);
export const p2 = (subject: string, atMs: number) => raise('LEG_REJECTED', subject, atMs, `P2 of ${subject}`);
