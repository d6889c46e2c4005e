import type { StoredUniverse, UniverseMemory } from '#adapters/universe/keeper.ts';
import type { Database } from './database.ts';

/** Keeps the last good list in the store, where the next start finds it. */
export function createUniverseMemory({ db, keys }: Database): UniverseMemory {
  const get = db.prepare('SELECT body FROM item WHERE key = ?');
  const put = db.prepare(`INSERT INTO item (key, version, body, expires_at_ms) VALUES (?, 1, ?, NULL)
    ON CONFLICT (key) DO UPDATE SET version = version + 1, body = excluded.body`);
  return {
    load() {
      const row = get.get(keys.universe());
      return row === undefined ? null : (JSON.parse(String(row.body)) as StoredUniverse);
    },
    save(universe) {
      put.run(keys.universe(), JSON.stringify(universe));
    },
  };
}
