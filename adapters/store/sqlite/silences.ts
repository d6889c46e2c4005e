import type { Silences } from '#core/ports/alerts.ts';
import type { Database } from './database.ts';

/** The silences that still hold. */
export function readSilences({ db, keys }: Database, nowMs: number): Silences {
  const row = db.prepare('SELECT body FROM item WHERE key = ?').get(keys.silences());
  if (row === undefined) return {};
  const all = Object.entries(JSON.parse(String(row.body)) as Silences);
  return Object.fromEntries(all.filter(([, untilMs]) => untilMs > nowMs));
}

/** Silences a code until a moment; one that has passed ends the silence. Returns all that hold. */
export function silence(database: Database, code: string, untilMs: number, nowMs: number): Silences {
  const { db, keys } = database;
  return database.transaction(() => {
    const { [code]: _before, ...others } = readSilences(database, nowMs);
    const next = untilMs > nowMs ? { ...others, [code]: untilMs } : others;
    db.prepare(`INSERT INTO item (key, version, body, expires_at_ms) VALUES (?, 1, ?, NULL)
      ON CONFLICT (key) DO UPDATE SET version = version + 1, body = excluded.body`).run(
      keys.silences(),
      JSON.stringify(next),
    );
    return next;
  });
}
