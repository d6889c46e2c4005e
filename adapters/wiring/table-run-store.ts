import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { openBridge, type TableBridge } from '#adapters/store/dynamodb/bridge/bridge.ts';
import {
  bridgedKpis,
  createBridgedHistory,
  createBridgedMemory,
  createBridgedRuns,
  createBridgedStore,
  createBridgedUniverse,
} from '#adapters/store/dynamodb/bridge/store.ts';
import { tableOf } from '#adapters/store/dynamodb/client.ts';
import type { TableOwner } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import type { Config } from '#core/config.ts';
import type { TwinlegError } from '#core/errors.ts';
import type { Store } from '#core/ports/store.ts';
import type { Housekeeper, Pace, RunStore } from './run-store.ts';
import { openTable, storeOn } from './stage-table.ts';
import { TableAlertMemory } from './table-alert-memory.ts';

/** Each write of a table is paid for. */
const PACE: Pace = {
  statusMs: 5000,
  standingMs: 15_000,
  marksMs: 60_000,
  noticesMs: 5000,
  remindMs: 60_000,
  statusTtlMs: 15_000,
  standingTtlMs: 40_000,
};

/** How often the figures of what has closed are counted up, ms. */
const COUNT_UP_MS = 600_000;

interface TableRunStoreParts {
  readonly config: Config;
  readonly owner: TableOwner;
  failed(error: TwinlegError): void;
  lost(error: TwinlegError): void;
}

/**
 * The store of one process on a stage's table: everything is there, also what is told to the operator and what he asked for.
 *
 * @throws TwinlegError `STORE_IN_USE` where another run or gateway holds the table's lease, what the table says
 */
export async function openTableRunStore(parts: TableRunStoreParts): Promise<RunStore> {
  const { config, owner, failed, lost } = parts;
  const { stage, region } = config.cloud;
  const target = { table: tableOf(stage), region };
  const keeping = { keepDays: config.history.keepDays, entryExpiresMs: config.execution.entryExpiresMs };
  const bridge = await openBridge({ target, owner, ...keeping, failed, lost });
  // Operators are told and answered beside the loop: nothing waits for it.
  const access = openTable(config);
  const records = createDynamoRecords(access, owner, storeOn(access, owner, config));
  const table = openTableAlerts(access, owner, keeping.keepDays);
  let alerts: TableAlertMemory;
  try {
    alerts = await TableAlertMemory.open({ table, failed: (error) => failed(error as TwinlegError) }, Date.now());
  } catch (error) {
    access.client.destroy();
    await bridge.close();
    throw error;
  }
  return {
    place: `the table ${target.table} in ${region}`,
    store: tellingAlerts(createBridgedStore(bridge), alerts),
    memory: createBridgedMemory(bridge),
    runs: createBridgedRuns(bridge),
    universe: createBridgedUniverse(bridge),
    history: createBridgedHistory(bridge),
    alerts,
    operator: { records, book: table.book, commands: table.commands },
    pace: PACE,
    kpis: () => bridgedKpis(bridge),
    heardControl: bridge.heardControl,
    isUp: () => bridge.isUp,
    ahead() {
      if (!bridge.isAhead()) return null;
      const stored = bridge.call('load');
      bridge.known();
      return stored;
    },
    housekeeping: () => countingUp(bridge),
    async close() {
      await bridge.close();
      await alerts.close();
      access.client.destroy();
    },
  };
}

/** Keeps the next start short. Old records end by the table's time to live, and snapshots are somebody else's. */
function countingUp({ send }: TableBridge): Housekeeper {
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      timer = setInterval(() => send('rollUpKpis'), COUNT_UP_MS);
    },
    stop: async () => clearInterval(timer),
    close: () => clearInterval(timer),
  };
}

/** A store whose alerts are taken on from there once they are written. */
function tellingAlerts(store: Store, alerts: TableAlertMemory): Store {
  return {
    ...store,
    commit(request) {
      const result = store.commit(request);
      if (result.ok) alerts.written(request.transition.alerts);
      return result;
    },
    hold(request) {
      const result = store.hold(request);
      if (result.ok) alerts.written(request.alerts);
      return result;
    },
    record(decisions, raised) {
      store.record(decisions, raised);
      alerts.written(raised);
    },
  };
}
