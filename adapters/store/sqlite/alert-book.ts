import type { AlertBook } from '#core/ports/alerts.ts';
import type { Database } from './database.ts';
import { alertRow, createHistory } from './history.ts';
import { silence } from './silences.ts';
import { createSqliteStore } from './store.ts';

/** The history of alerts in a store file. */
export function createSqliteAlertBook(database: Database): AlertBook {
  const open = database.db.prepare('SELECT * FROM alert WHERE resolved_at_ms IS NULL ORDER BY at_ms');
  const history = createHistory(database);
  return {
    list: async (last) => history.alerts(last),
    open: async () => open.all().map(alertRow),
    raise: async (alert) => createSqliteStore(database).record([], [alert]),
    silence: async (code, untilMs, nowMs) => silence(database, code, untilMs, nowMs),
  };
}
