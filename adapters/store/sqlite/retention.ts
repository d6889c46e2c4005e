import type { Database } from './database.ts';

const DAY_MS = 86_400_000;
/** An expired item is kept a while for people who look after a run has ended, ms. */
const EXPIRED_KEPT_MS = 3_600_000;

/** Positions that ended before a moment; the order of the placeholders is the statement's own. */
const ENDED = `SELECT id FROM position WHERE state IN ('CLOSED', 'UNWOUND', 'EXPIRED')
  AND coalesce(closed_at_ms, decided_at_ms) < ?`;

/**
 * Removes history that is older than it has to be kept, a few rows at a time: decisions and refusals, alerts, the orders of
 * positions that have ended and the paper venues' memory of them, entries that never traded, and items long expired. Closed
 * trades and their fills are the ledger and stay: balances must go on adding up to them.
 */
export class Retention {
  readonly #database: Database;
  readonly #keepMs: number;
  readonly #statements;

  constructor(database: Database, keepDays: number) {
    const { db } = database;
    this.#database = database;
    this.#keepMs = keepDays * DAY_MS;
    this.#statements = {
      items: db.prepare(
        'DELETE FROM item WHERE key IN (SELECT key FROM item WHERE expires_at_ms IS NOT NULL AND expires_at_ms < ? LIMIT ?)',
      ),
      decisions: db.prepare('DELETE FROM decision WHERE rowid IN (SELECT rowid FROM decision WHERE at_ms < ? LIMIT ?)'),
      alerts: db.prepare(
        'DELETE FROM alert WHERE rowid IN (SELECT rowid FROM alert WHERE at_ms < ? AND resolved_at_ms IS NOT NULL LIMIT ?)',
      ),
      notices: db.prepare(
        'DELETE FROM alert_message WHERE rowid IN (SELECT rowid FROM alert_message WHERE at_ms < ? LIMIT ?)',
      ),
      commands: db.prepare(
        'DELETE FROM operator_command WHERE rowid IN (SELECT rowid FROM operator_command WHERE at_ms < ? LIMIT ?)',
      ),
      orders: db.prepare(`SELECT rowid AS id, json_extract(body, '$.id') AS name FROM client_order
        WHERE status = 'done' AND position_id IN (${ENDED}) LIMIT ?`),
      order: db.prepare('DELETE FROM client_order WHERE rowid = ?'),
      venueOrder: db.prepare('DELETE FROM venue_order WHERE key = ?'),
      entries: db.prepare(`DELETE FROM position WHERE rowid IN (SELECT rowid FROM position WHERE state = 'EXPIRED'
        AND coalesce(closed_at_ms, decided_at_ms) < ? AND id NOT IN (SELECT position_id FROM fill)
        AND id NOT IN (SELECT position_id FROM client_order) LIMIT ?)`),
    };
  }

  /** Removes at most so many rows of each kind. Returns how many went; 0 where nothing is left to remove. */
  sweep(nowMs: number, most: number): number {
    const before = nowMs - this.#keepMs;
    const { items, decisions, alerts, notices, commands, orders, order, venueOrder, entries } = this.#statements;
    return this.#database.transaction(() => {
      let removed = Number(items.run(nowMs - EXPIRED_KEPT_MS, most).changes);
      for (const old of [decisions, alerts, notices, commands]) removed += Number(old.run(before, most).changes);
      for (const { id, name } of orders.all(before, most)) {
        order.run(id!);
        venueOrder.run(this.#database.keys.venueOrder(String(name)));
        removed++;
      }
      return removed + Number(entries.run(before, most).changes);
    });
  }
}
