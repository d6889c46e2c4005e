import type { Alert, Severity } from '#core/alerts/types.ts';
import { EMPTY_WINDOW } from '#core/alerts/window.ts';
import type { Notice, NoticeKind, NoticeQueue } from '#core/ports/alerts.ts';
import { ownerName } from '../owner-name.ts';
import type { Database } from './database.ts';
import type { Row } from './pair-row.ts';
import { readSilences } from './silences.ts';
import { versionedItem } from './versioned.ts';

/** The queue of notices in the store's own file. */
export function createNoticeQueue(database: Database): NoticeQueue {
  const { db, keys, owner } = database;
  const count = (condition: string) =>
    db.prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM alert_message WHERE state = 'waiting' AND severity ${condition} LIMIT ?)`,
    );
  const countUrgent = count(`= 'P0'`);
  const countOther = count(`> 'P0'`);
  const oldest = db.prepare(`SELECT min(at_ms) AS oldest FROM alert_message WHERE state = 'waiting'`);
  const next = (condition: string) =>
    db.prepare(`SELECT m.id, m.alert_id, m.kind, m.severity, m.at_ms, m.reason, m.unsure, a.code, a.body, a.run, a.repeats
      FROM alert_message m JOIN alert a ON a.id = m.alert_id
      WHERE m.state = 'waiting' AND m.severity ${condition} ORDER BY m.severity, m.at_ms, m.rowid LIMIT ?`);
  const nextUrgent = next(`= 'P0'`);
  const nextOther = next(`!= 'P0'`);
  const orphans = db.prepare(`UPDATE alert_message SET state = 'gone' WHERE state = 'waiting'
    AND alert_id NOT IN (SELECT id FROM alert)`);
  const take = db.prepare(
    `UPDATE alert_message SET state = 'sending', attempt = ?, claimed_at_ms = ? WHERE id = ? AND state = 'waiting'`,
  );
  const putAside = db.prepare(`UPDATE alert_message SET state = 'silenced', ended_at_ms = ? WHERE id = ?`);
  const settle = db.prepare(
    `UPDATE alert_message SET state = ?, unsure = max(unsure, ?), ended_at_ms = ? WHERE attempt = ? AND state = 'sending'`,
  );
  const delivered = db.prepare(`UPDATE alert SET delivered_at_ms = coalesce(delivered_at_ms, ?) WHERE id IN
    (SELECT alert_id FROM alert_message WHERE attempt = ? AND kind != 'resolved')`);
  const recover = db.prepare(
    `UPDATE alert_message SET state = 'waiting', unsure = 1 WHERE state = 'sending' AND claimed_at_ms <= ?`,
  );
  const shelve = db.prepare(`UPDATE alert_message SET state = 'kept', ended_at_ms = ? WHERE state = 'waiting'`);
  const tell = db.prepare(
    `UPDATE alert_message SET state = 'sent', ended_at_ms = ? WHERE alert_id = ? AND state = 'waiting'`,
  );
  const deliver = db.prepare('UPDATE alert SET delivered_at_ms = coalesce(delivered_at_ms, ?) WHERE id = ?');
  const changeWindow = versionedItem(database, keys.sendWindow(), EMPTY_WINDOW);

  function noticeOf(row: Row): Notice {
    const alert = JSON.parse(String(row.body)) as Alert;
    const severity = row.severity as Severity;
    return {
      id: String(row.id),
      kind: row.kind as NoticeKind,
      atMs: Number(row.at_ms),
      alert: { ...alert, severity, reason: String(row.reason) },
      run: row.run === null ? ownerName(owner) : `${ownerName(owner)} #${row.run}`,
      repeats: Number(row.repeats),
      unsure: Number(row.unsure) === 1,
    };
  }

  return {
    async waiting(urgent, most) {
      return Number((urgent ? countUrgent : countOther).get(most)?.n);
    },
    async oldestAtMs() {
      const atMs = oldest.get()?.oldest ?? null;
      return atMs === null ? null : Number(atMs);
    },
    async claim({ urgent, most, attempt, nowMs }) {
      return database.transaction(() => {
        const silences = readSilences(database, nowMs);
        const claimed: Notice[] = [];
        for (let found = most; found > 0 && claimed.length < most; ) {
          const rows = (urgent ? nextUrgent : nextOther).all(most - claimed.length);
          found = rows.length;
          for (const row of rows) {
            const id = String(row.id);
            if ((silences[String(row.code)] ?? 0) > nowMs) putAside.run(nowMs, id);
            else if (take.run(attempt, nowMs, id).changes > 0) claimed.push(noticeOf(row));
          }
        }
        // What retention took away meanwhile has nothing left to say.
        if (claimed.length === 0) orphans.run();
        return claimed;
      });
    },
    async settle(attempt, end, nowMs) {
      const states = { sent: 'sent', refused: 'refused', again: 'waiting', unsure: 'waiting' };
      database.transaction(() => {
        if (end === 'sent') delivered.run(nowMs, attempt);
        settle.run(states[end], end === 'unsure' ? 1 : 0, nowMs, attempt);
      });
    },
    async recover(nowMs, leaseMs) {
      return Number(recover.run(nowMs - leaseMs).changes);
    },
    async shelve(nowMs) {
      shelve.run(nowMs);
    },
    async markTold({ id }, nowMs) {
      database.transaction(() => {
        tell.run(nowMs, id);
        deliver.run(nowMs, id);
      });
    },
    window: async (change) => changeWindow(change),
  };
}
