import type { Alert } from '#core/alerts/types.ts';
import type { OpenAlert } from '#core/ports/alerts.ts';
import type { Database } from './database.ts';

/** Reads the open alerts, the oldest first. */
export function openAlertsReader({ db }: Database): () => OpenAlert[] {
  const open = db.prepare('SELECT body, severity, at_ms FROM alert WHERE resolved_at_ms IS NULL ORDER BY at_ms');
  return () =>
    open.all().map((row) => {
      const { code, subject, title, reason } = JSON.parse(String(row.body)) as Alert;
      return { code, subject, title, reason, severity: row.severity as Alert['severity'], atMs: Number(row.at_ms) };
    });
}
