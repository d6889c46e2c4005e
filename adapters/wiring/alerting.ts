import { join } from 'node:path';
import { createSqliteAlertBook } from '#adapters/store/sqlite/alert-book.ts';
import { withExisting } from '#adapters/store/sqlite/database.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import type { AlertBook } from '#core/ports/alerts.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { StorePlace } from './records.ts';
import { STORE_FILE } from './store-file.ts';

/** Alerts and commands of a store. */
export interface Alerting {
  readonly book: AlertBook;
  readonly commands: OperatorLog;
}

/**
 * Works on the alerts of a store that must be there, and lets go of it.
 *
 * @throws TwinlegError `STORE_MISSING`, or what AWS refuses
 */
export async function withAlerting<T>(place: StorePlace, work: (alerting: Alerting) => Promise<T>): Promise<T> {
  if (place.kind === 'table') {
    const { withTableAlerting } = await import('./table-alerting.ts');
    return await withTableAlerting(place.config, work);
  }
  return await withExisting(join(place.dataDir, STORE_FILE), (database) =>
    work({ book: createSqliteAlertBook(database), commands: createOperatorLog(database) }),
  );
}
