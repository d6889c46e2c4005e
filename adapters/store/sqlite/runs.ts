import type { PaperMemory } from '#adapters/broker/paper.ts';
import type { Database } from './database.ts';

/** One process's stretch of trading on a store. */
export interface RunLog {
  /** Begins a run and gives it the next epoch. */
  begin(startedAtMs: number, configVersion: string): number;
  touch(epoch: number, lastEventMs: number): void;
  end(epoch: number, stoppedAtMs: number): void;
  /** Latest moment that any run's engine reached, ms; null where there was none. */
  lastEventMs(): number | null;
  /** When the newest run was last alive, where it ended without a stop; null otherwise, ms. */
  crashedMs(): number | null;
}

export function createRunLog(database: Database): RunLog {
  const { db, keys } = database;
  const newest = db.prepare('SELECT max(epoch) AS epoch, max(last_event_ms) AS last FROM run');
  const insert = db.prepare(
    'INSERT INTO run (key, epoch, started_at_ms, last_event_ms, stopped_at_ms, config_version) VALUES (?, ?, ?, ?, NULL, ?)',
  );
  const last = db.prepare('SELECT last_event_ms, stopped_at_ms FROM run ORDER BY epoch DESC LIMIT 1');
  const touch = db.prepare('UPDATE run SET last_event_ms = ? WHERE key = ?');
  const end = db.prepare('UPDATE run SET last_event_ms = ?, stopped_at_ms = ? WHERE key = ?');
  return {
    begin: (startedAtMs, configVersion) =>
      database.transaction(() => {
        const epoch = Number(newest.get()?.epoch ?? 0) + 1;
        insert.run(keys.run(epoch), epoch, startedAtMs, startedAtMs, configVersion);
        return epoch;
      }),
    touch: (epoch, lastEventMs) => {
      touch.run(lastEventMs, keys.run(epoch));
    },
    end: (epoch, stoppedAtMs) => {
      end.run(stoppedAtMs, stoppedAtMs, keys.run(epoch));
    },
    crashedMs: () => {
      const row = last.get();
      return row === undefined || row.stopped_at_ms !== null ? null : Number(row.last_event_ms);
    },
    lastEventMs: () => {
      const last = newest.get()?.last;
      return last === null || last === undefined ? null : Number(last);
    },
  };
}

/** The paper venues' own memory of the orders that reached them: a venue does not forget when we crash. */
export function createPaperMemory(database: Database): PaperMemory {
  const { db, keys } = database;
  const get = db.prepare('SELECT body FROM venue_order WHERE key = ?');
  const put = db.prepare('INSERT INTO venue_order (key, body) VALUES (?, ?) ON CONFLICT (key) DO NOTHING');
  return {
    get(orderId) {
      const row = get.get(keys.venueOrder(orderId));
      if (row === undefined) return undefined;
      return { execution: row.body === null ? null : JSON.parse(String(row.body)) };
    },
    put(orderId, execution) {
      put.run(keys.venueOrder(orderId), execution === null ? null : JSON.stringify(execution));
    },
  };
}
