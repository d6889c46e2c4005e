import { runbookOf } from '#core/alerts/catalogue.ts';
import type { Alert, Severity } from '#core/alerts/types.ts';
import type { Standing } from '#core/engine/standing.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import type { Published, TradeFilter } from '#core/ports/records.ts';
import type { Database } from './database.ts';
import { type Row, readPairRow } from './pair-row.ts';

/** Reads for people and reports: nothing here changes a trade. */
export interface History {
  /** Closed positions in order of their close. */
  trades(filter?: TradeFilter): Pair[];
  openPositions(): Pair[];
  /** The newest first. */
  decisions(symbol: string, last: number): DecisionRecord[];
  triggers(): { symbol: string; guard: string; count: number; lastAtMs: number }[];
  alerts(last: number): AlertRow[];
  publishStatus(status: object, nowMs: number, ttlMs: number): void;
  status<T>(nowMs: number): Published<T> | null;
  /** Keeps what the inventory is valued at; it stays when the run has ended. */
  keepMarks(marks: PortfolioMarks): void;
  marks(): PortfolioMarks | null;
  publishStanding(standing: Standing, nowMs: number, ttlMs: number): void;
  standing(symbol: string, nowMs: number): Published<Standing> | null;
}

export function createHistory(database: Database): History {
  const { db, keys } = database;
  const trades = db.prepare(`SELECT id, body FROM position WHERE state IN ('CLOSED', 'UNWOUND')
    AND (?1 IS NULL OR symbol = ?1) AND closed_at_ms >= ?2 ORDER BY closed_at_ms, close_number, rowid`);
  const open = db.prepare(
    `SELECT id, body FROM position WHERE state NOT IN ('CLOSED', 'UNWOUND', 'EXPIRED') ORDER BY decided_at_ms`,
  );
  const fillsOf = db.prepare('SELECT body FROM fill WHERE position_id = ? ORDER BY rowid');
  const decisions = db.prepare('SELECT body FROM decision WHERE symbol = ? ORDER BY at_ms DESC, rowid DESC LIMIT ?');
  const triggers = db.prepare('SELECT symbol, guard, count, last_at_ms FROM guard_trigger ORDER BY key');
  const alerts =
    db.prepare(`SELECT *, EXISTS (SELECT 1 FROM alert_message m WHERE m.alert_id = alert.id AND m.kind = 'fired'
    AND m.state = 'inhibited') AS inhibited FROM alert ORDER BY at_ms DESC, rowid DESC LIMIT ?`);
  const getItem = db.prepare('SELECT body, expires_at_ms FROM item WHERE key = ?');
  const putItem = db.prepare(`INSERT INTO item (key, version, body, expires_at_ms) VALUES (?, 1, ?, ?)
    ON CONFLICT (key) DO UPDATE SET version = version + 1, body = excluded.body, expires_at_ms = excluded.expires_at_ms`);

  const pairs = (rows: Row[]) => rows.map((row) => readPairRow(row, fillsOf.all(String(row.id))));
  const bodies = <T>(rows: Row[]): T[] => rows.map((row) => JSON.parse(String(row.body)));

  function published<T>(key: string, nowMs: number): Published<T> | null {
    const row = getItem.get(key);
    if (row === undefined) return null;
    return { value: JSON.parse(String(row.body)), expired: Number(row.expires_at_ms) < nowMs };
  }

  return {
    trades: (filter = {}) => pairs(trades.all(filter.symbol ?? null, filter.sinceMs ?? 0)),
    openPositions: () => pairs(open.all()),
    decisions: (symbol, last) => bodies(decisions.all(symbol, last)),
    triggers: () =>
      triggers.all().map((row) => ({
        symbol: String(row.symbol),
        guard: String(row.guard),
        count: Number(row.count),
        lastAtMs: Number(row.last_at_ms),
      })),
    alerts: (last) => alerts.all(last).map(alertRow),
    publishStatus: (status, nowMs, ttlMs) => {
      putItem.run(keys.status(), JSON.stringify(status), nowMs + ttlMs);
    },
    status: (nowMs) => published(keys.status(), nowMs),
    keepMarks: (marks) => {
      putItem.run(keys.marks(), JSON.stringify(marks), null);
    },
    marks: () => {
      const row = getItem.get(keys.marks());
      return row === undefined ? null : JSON.parse(String(row.body));
    },
    publishStanding: (standing, nowMs, ttlMs) => {
      putItem.run(keys.standing(standing.symbol), JSON.stringify(standing), nowMs + ttlMs);
    },
    standing: (symbol, nowMs) => published(keys.standing(symbol), nowMs),
  };
}

export function alertRow(row: Row): AlertRow {
  const { code, title, reason, action } = JSON.parse(String(row.body)) as Alert;
  const orNull = (value: Row[string] | undefined) => (value === null ? null : Number(value));
  return {
    id: String(row.id),
    code,
    severity: row.severity as Severity,
    atMs: Number(row.at_ms),
    resolvedAtMs: orNull(row.resolved_at_ms),
    title,
    reason,
    action,
    runbook: runbookOf(code),
    runId: orNull(row.run) === null ? null : String(row.run),
    deliveredAtMs: orNull(row.delivered_at_ms),
    repeats: Number(row.repeats),
    ...(Number(row.inhibited) === 1 ? { inhibited: true } : {}),
  };
}
