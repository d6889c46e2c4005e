import type { Database } from './database.ts';

/** Changes one item of a store, from what it is now; null leaves it. Its version, 0 where it was never written, lies beside its body. */
export function versionedItem<T extends { readonly version: number }>(database: Database, key: string, empty: T) {
  const get = database.db.prepare('SELECT version, body FROM item WHERE key = ?');
  const put = database.db.prepare(`INSERT INTO item (key, version, body, expires_at_ms) VALUES (?, ?, ?, NULL)
    ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body`);
  return (change: (before: T) => T | null): T =>
    database.transaction(() => {
      const row = get.get(key);
      const before: T = row === undefined ? empty : { ...JSON.parse(String(row.body)), version: Number(row.version) };
      const after = change(before);
      if (after === null) return before;
      const version = before.version + 1;
      const { version: _version, ...body } = after;
      put.run(key, version, JSON.stringify(body));
      return { ...after, version };
    });
}
