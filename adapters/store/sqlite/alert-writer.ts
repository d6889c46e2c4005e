import { alertSpec, isAlertCode } from '#core/alerts/catalogue.ts';
import { EXPLAINED_FOR_MS, explainedBy } from '#core/alerts/inhibition.ts';
import { TELL_AGAIN_MS } from '#core/alerts/policy.ts';
import { type Alert, SEVERITIES, type Severity } from '#core/alerts/types.ts';
import type { NoticeKind } from '#core/ports/alerts.ts';
import type { Database } from './database.ts';

/** Writes alerts and what is to be told of them, inside the transaction of whatever caused them. */
export interface AlertWriter {
  write(alert: Alert): void;
  /** Queues a word about each open alert that was not spoken of for long, or that no graver one explains any more. Returns how many. */
  remind(nowMs: number): number;
}

/** One row for each cause: what is open is counted on, what got worse or ended is told. */
export function createAlertWriter(database: Database): AlertWriter {
  const { db, keys } = database;
  const open = db.prepare('SELECT id, severity FROM alert WHERE fingerprint = ? AND resolved_at_ms IS NULL');
  const lately = db.prepare(
    'SELECT id, severity FROM alert WHERE fingerprint = ? AND at_ms > ? ORDER BY at_ms DESC LIMIT 1',
  );
  const insert = db.prepare(`INSERT INTO alert
    (key, id, code, at_ms, body, fingerprint, severity, resolved_at_ms, last_at_ms, told_at_ms, run)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT max(epoch) FROM run)) ON CONFLICT DO NOTHING`);
  const count = db.prepare('UPDATE alert SET repeats = repeats + 1, last_at_ms = ? WHERE id = ? AND at_ms < ?');
  const worsen = db.prepare('UPDATE alert SET severity = ?, body = ?, told_at_ms = ? WHERE id = ?');
  const end = db.prepare('UPDATE alert SET resolved_at_ms = ? WHERE id = ?');
  const enqueue = db.prepare(`INSERT INTO alert_message (key, id, alert_id, kind, severity, at_ms, reason, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const silent = db.prepare(
    `SELECT id, severity, body FROM alert WHERE resolved_at_ms IS NULL AND severity = ? AND told_at_ms <= ? LIMIT 100`,
  );
  const told = db.prepare('UPDATE alert SET told_at_ms = ? WHERE id = ?');

  const graver = db.prepare(
    `SELECT 1 FROM alert WHERE code IN (SELECT value FROM json_each(?)) AND (resolved_at_ms IS NULL OR resolved_at_ms > ?)`,
  );
  const spoken = db.prepare(`SELECT 1 FROM alert_message WHERE alert_id = ? AND state != 'inhibited'`);
  const heldBack = db.prepare(`SELECT m.id, a.code FROM alert_message m JOIN alert a ON a.id = m.alert_id
    WHERE m.state = 'inhibited' AND m.kind = 'fired' AND a.resolved_at_ms IS NULL LIMIT 100`);
  const letGo = db.prepare(`UPDATE alert_message SET state = 'waiting' WHERE id = ?`);

  function tell(
    alertId: string,
    kind: NoticeKind,
    severity: Severity,
    atMs: number,
    reason: string,
    told = true,
  ): void {
    const id = `${alertId}-${kind}-${atMs}`;
    enqueue.run(keys.notice(id), id, alertId, kind, severity, atMs, reason, told ? 'waiting' : 'inhibited');
  }

  function isExplained(code: string, nowMs: number): boolean {
    const codes = explainedBy(code);
    return codes.length > 0 && graver.get(JSON.stringify(codes), nowMs - EXPLAINED_FOR_MS) !== undefined;
  }

  function fire(alert: Alert): void {
    const { id, code, fingerprint, severity, atMs, reason } = alert;
    const isEvent = isAlertCode(code) && alertSpec(code).lasts === 'event';
    const known = isEvent ? lately.get(fingerprint, atMs - TELL_AGAIN_MS[severity]) : open.get(fingerprint);
    const body = JSON.stringify(alert);
    if (known === undefined) {
      const over = isEvent ? atMs : null;
      const { changes } = insert.run(keys.alert(id), id, code, atMs, body, fingerprint, severity, over, atMs, atMs);
      if (changes > 0) tell(id, 'fired', severity, atMs, reason, !isExplained(code, atMs));
      return;
    }
    const knownId = String(known.id);
    if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.severity as Severity)) {
      worsen.run(severity, body, atMs, knownId);
      tell(knownId, 'worse', severity, atMs, reason);
    } else count.run(atMs, knownId, atMs);
  }

  function resolve({ fingerprint, atMs, reason }: Alert): void {
    const known = open.get(fingerprint);
    if (known === undefined) return;
    const id = String(known.id);
    end.run(atMs, id);
    // Who was not told that it began need not be told that it is over.
    tell(id, 'resolved', known.severity as Severity, atMs, reason, spoken.get(id) !== undefined);
  }

  return {
    write: (alert) => (alert.kind === 'fired' ? fire(alert) : resolve(alert)),
    remind(nowMs) {
      let reminded = 0;
      for (const { id, code } of heldBack.all()) {
        if (isExplained(String(code), nowMs)) continue;
        letGo.run(id!);
        reminded++;
      }
      for (const severity of SEVERITIES) {
        for (const row of silent.all(severity, nowMs - TELL_AGAIN_MS[severity])) {
          const id = String(row.id);
          if (spoken.get(id) === undefined) continue;
          told.run(nowMs, id);
          tell(id, 'again', severity, nowMs, (JSON.parse(String(row.body)) as Alert).reason);
          reminded++;
        }
      }
      return reminded;
    },
  };
}
