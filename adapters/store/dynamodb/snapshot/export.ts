import type { Alert } from '#core/alerts/types.ts';
import type { Pair } from '#core/execution/types.ts';
import { createTableKeys, type KeyKind, type TableOnlyKind } from '../../keys.ts';
import { RESTORES } from '../../snapshot/restore.ts';
import { createAlertWriter } from '../../sqlite/alert-writer.ts';
import type { Database } from '../../sqlite/database.ts';
import { createInsert, type Insert, insertPair, insertState } from '../../sqlite/import.ts';
import { createKpiTable } from '../../sqlite/kpi-table.ts';
import type { TableAccess } from '../access.ts';
import { bodyOf, type Item, numberOf, textOf } from '../items.ts';
import { kindOf } from '../keyspace.ts';
import { findOwner } from '../owner.ts';
import { type Cut, readCut } from './cut.ts';
import { insertCommand, insertDecision, insertRun, insertSingle, insertTrigger, insertVenueOrder } from './rows.ts';

/** What becomes of an item that the scan meets; null: the state's own, ephemeral, made anew, or of this deployment alone. */
type Handlers = Readonly<Record<Exclude<KeyKind, LocalKind> | TableOnlyKind, ((item: Item) => void) | null>>;
/** Kinds that a table has no items of, and what waits to be told: a deployment’s own, it is not in its snapshots. */
type LocalKind = 'fill' | 'order' | 'notice';

/** A restored row that only a local store has a use for. */
export interface KeptRow {
  readonly table: string;
  readonly row: Readonly<Record<string, string | number | null>>;
}

/**
 * Writes all that a table holds into an empty store file of the same owner: the state and all positions as of one moment;
 * decisions, alerts and other records that no state depends on as they are found after it, so that none is missing.
 *
 * @throws TwinlegError `SNAPSHOT_BUSY`, or what the table says
 */
export async function exportTable(access: TableAccess, database: Database, nowMs: number): Promise<void> {
  const { owner, db } = database;
  const keys = createTableKeys(owner.mode, owner.source);
  const cut = await readCut(access, keys);
  const restores = (await findOwner(access))?.restores ?? 0;
  const insert = createInsert(database);
  const alerts: Alert[] = [];
  const handlers = handlersOf(database, insert, cut, alerts);
  database.transaction(() => {
    if (restores > 0) insert('meta', { name: RESTORES, value: String(restores) });
    insertState(database, insert, cut.state);
  });
  for await (const page of access.scan()) {
    database.transaction(() => {
      for (const item of page) handlers.get(kindOf(textOf(item, 'pk'), keys.environment) ?? '')?.(item);
    });
  }
  database.transaction(() => {
    insertLeader(database, insert, cut, nowMs);
    replayAlerts(database, alerts, nowMs);
    numberCloses(database);
    const { n } = db.prepare('SELECT count(*) AS n FROM position WHERE close_number IS NOT NULL').get()!;
    if (Number(n) > 0) createKpiTable(database).rebuild();
  });
}

function handlersOf(database: Database, insert: Insert, cut: Cut, alerts: Alert[]): Map<string, (item: Item) => void> {
  const { keys } = database;
  const versions = new Map(cut.state.symbols.map(({ symbol, version }) => [symbol, version]));
  const handlers: Handlers = {
    control: null,
    exposure: null,
    tally: null,
    symbol: null,
    balance: null,
    kpi: null,
    status: null,
    standing: null,
    lease: null,
    configuration: null,
    deployment: null,
    snapshot: null,
    restore: null,
    position: (item) => {
      const endedAt = numberOf(item, 'symbolVersion');
      // What has ended since then is open in the state, or not known to it.
      if (endedAt !== undefined && endedAt > (versions.get(textOf(item, 'symbol')) ?? 0)) return;
      insertPair(keys, insert, bodyOf<Pair>(item), numberOf(item, 'closeNumber') ?? null);
    },
    decision: (item) => insertDecision(database, insert, item),
    trigger: (item) => insertTrigger(database, insert, item),
    'venue-order': (item) => insertVenueOrder(database, insert, item),
    run: (item) => insertRun(database, insert, item),
    universe: (item) => insertSingle(database, insert, 'universe', item),
    marks: (item) => insertSingle(database, insert, 'marks', item),
    silences: (item) => insertSingle(database, insert, 'silences', item),
    commands: (item) => insertSingle(database, insert, 'commands', item),
    'send-window': (item) => insertSingle(database, insert, 'sendWindow', item),
    command: (item) => insertCommand(database, insert, item),
    alert: (item) => {
      // What a restore brought along is among the kept rows.
      if (item.restored?.BOOL === true) return;
      const alert = bodyOf<Alert>(item);
      alerts.push(alert);
      const endedMs = numberOf(item, 'resolvedAtMs') ?? alert.atMs;
      if (endedMs > alert.atMs) alerts.push({ ...alert, kind: 'resolved', atMs: endedMs });
    },
    raised: (item) => void alerts.push(bodyOf<Alert>(item)),
    cause: null,
    kept: (item) => {
      const { table, row } = bodyOf<KeptRow>(item);
      insert(table, row);
    },
  };
  return new Map(Object.entries(handlers).flatMap(([kind, handle]) => (handle === null ? [] : [[kind, handle]])));
}

/** A gateway's lease counts as a run, so that whoever goes on from the snapshot begins a newer epoch. */
function insertLeader({ keys }: Database, insert: Insert, { epoch }: Cut, nowMs: number): void {
  if (epoch === 0) return;
  insert('run', {
    key: keys.run(epoch),
    epoch,
    started_at_ms: nowMs,
    last_event_ms: nowMs,
    stopped_at_ms: nowMs,
    config_version: '',
  });
}

/** A table keeps alerts as they came; here they become one row a cause. Nobody is told of them again. */
function replayAlerts(database: Database, alerts: readonly Alert[], nowMs: number): void {
  const { db } = database;
  const writer = createAlertWriter(database);
  const before = Number(db.prepare('SELECT max(rowid) AS last FROM alert_message').get()?.last ?? 0);
  for (const alert of alerts.toSorted((a, b) => a.atMs - b.atMs)) writer.write(alert);
  db.prepare(`UPDATE alert_message SET state = 'kept', ended_at_ms = ? WHERE state = 'waiting' AND rowid > ?`).run(
    nowMs,
    before,
  );
}

/** Trades are counted in the order of their close, after those that were counted before they were restored. */
function numberCloses({ db }: Database): void {
  db.exec(`UPDATE position SET close_number = place.number FROM (
      SELECT key, (SELECT ifnull(max(close_number), 0) FROM position)
        + row_number() OVER (ORDER BY closed_at_ms, symbol, id) AS number
      FROM position WHERE state IN ('CLOSED', 'UNWOUND') AND close_number IS NULL
    ) AS place WHERE position.key = place.key;
    UPDATE position SET close_number = NULL WHERE close_number = 0`);
}
