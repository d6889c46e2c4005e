import type { Records } from '#core/ports/records.ts';
import type { Database } from './database.ts';
import { createHistory } from './history.ts';
import { createKpiTable } from './kpi-table.ts';
import { createSqliteStore } from './store.ts';

/** The records of a store file; whether a run uses it is for the one to tell who knows its directory. */
export function createSqliteRecords(database: Database, isInUse: () => boolean): Records {
  const store = createSqliteStore(database);
  const history = createHistory(database);
  return {
    owner: database.owner,
    load: async () => store.load(),
    control: async () => store.control(),
    changeControl: async (change) => store.changeControl(change),
    trades: async (filter) => history.trades(filter),
    openPositions: async () => history.openPositions(),
    decisions: async (symbol, last) => history.decisions(symbol, last),
    triggers: async () => history.triggers(),
    status: async (nowMs) => history.status(nowMs),
    standing: async (symbol, nowMs) => history.standing(symbol, nowMs),
    marks: async () => history.marks(),
    kpis: async () => createKpiTable(database).book(),
    isInUse: async () => isInUse(),
  };
}
