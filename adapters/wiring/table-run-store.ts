import { join } from 'node:path';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { openBridge } from '#adapters/store/dynamodb/bridge/bridge.ts';
import {
  bridgedKpis,
  createBridgedHistory,
  createBridgedMemory,
  createBridgedRuns,
  createBridgedStore,
  createBridgedUniverse,
} from '#adapters/store/dynamodb/bridge/store.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import type { TableOwner } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import { createSqliteAlertBook } from '#adapters/store/sqlite/alert-book.ts';
import { createAlertWriter } from '#adapters/store/sqlite/alert-writer.ts';
import { type Database, openDatabase } from '#adapters/store/sqlite/database.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { Config } from '#core/config.ts';
import type { TwinlegError } from '#core/errors.ts';
import type { Store } from '#core/ports/store.ts';
import { alertMemory } from './directory-store.ts';
import type { Pace, RunStore } from './run-store.ts';

/** Each write of a table is paid for. */
const PACE: Pace = { statusMs: 5000, standingMs: 15_000, marksMs: 60_000, statusTtlMs: 15_000, standingTtlMs: 40_000 };

interface TableRunStoreParts {
  readonly config: Config;
  readonly dataDir: string;
  readonly owner: TableOwner;
  failed(error: TwinlegError): void;
  lost(error: TwinlegError): void;
}

/**
 * The store of one process on a stage's table: everything is there but the queue of what is told to the operator, which is a
 * file of the data directory, as it is this process that tells.
 *
 * @throws TwinlegError `STORE_IN_USE` where another run or gateway holds the table's lease, what the table says
 */
export async function openTableRunStore(parts: TableRunStoreParts): Promise<RunStore> {
  const { config, dataDir, owner, failed, lost } = parts;
  const { stage, region } = config.cloud;
  const table = tableOf(stage);
  const target = { table, region };
  const keeping = { keepDays: config.history.keepDays, entryExpiresMs: config.execution.entryExpiresMs };
  const bridge = await openBridge({ target, owner, ...keeping, failed, lost });
  let notices: Database;
  try {
    notices = openDatabase(join(dataDir, `alerts-${stage}.sqlite`), owner, false);
  } catch (error) {
    await bridge.close();
    throw error;
  }
  // Operators are answered beside the loop: nothing waits for it.
  const client = createDynamoClient(target);
  const records = createDynamoRecords(
    createTableAccess(client, target),
    owner,
    createDynamoStore({ client, target, owner, ...keeping }),
  );
  return {
    place: `the table ${table} in ${region}`,
    store: tellingAlerts(createBridgedStore(bridge), notices, failed),
    memory: createBridgedMemory(bridge),
    runs: createBridgedRuns(bridge),
    universe: createBridgedUniverse(bridge),
    history: createBridgedHistory(bridge),
    alerts: alertMemory(notices),
    operator: { records, book: createSqliteAlertBook(notices), commands: createOperatorLog(notices) },
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
    // Old records end by the table's time to live.
    housekeeping: () => null,
    async close() {
      await bridge.close();
      client.destroy();
      notices.close();
    },
  };
}

/** A store whose alerts are queued for the operator once they are written. */
function tellingAlerts(store: Store, notices: Database, failed: (error: TwinlegError) => void): Store {
  const writer = createAlertWriter(notices);
  function tell(alerts: readonly Alert[]): void {
    if (alerts.length === 0) return;
    try {
      notices.transaction(() => {
        for (const alert of alerts) writer.write(alert);
      });
    } catch (error) {
      // The write that it belongs to is done.
      failed(error as TwinlegError);
    }
  }
  return {
    ...store,
    commit(request) {
      const result = store.commit(request);
      if (result.ok) tell(request.transition.alerts);
      return result;
    },
    hold(request) {
      const result = store.hold(request);
      if (result.ok) tell(request.alerts);
      return result;
    },
    record(decisions, alerts) {
      store.record(decisions, alerts);
      tell(alerts);
    },
  };
}
