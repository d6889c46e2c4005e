import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { findOwner, type TableOwner } from '#adapters/store/dynamodb/owner.ts';
import { createSnapshotLog, type SnapshotLog } from '#adapters/store/dynamodb/snapshot/log.ts';
import { createTableKeys } from '#adapters/store/keys.ts';
import type { Alert } from '#core/alerts/types.ts';

/** What functions left in the table, for the process that lives long enough to tell it. */
export interface StoredFigures {
  /** When the oldest alert that is still to be told was queued, ms; null where none is. */
  alertWaitingSinceMs(): Promise<number | null>;
  snapshots(): Promise<Pick<SnapshotLog, 'saved' | 'failed'>>;
  /** Alerts whose condition has not ended. */
  openAlerts(): Promise<readonly Alert[]>;
  /** Times that the table came out of a snapshot. */
  restores(): Promise<number>;
}

export function openStoredFigures(access: TableAccess, owner: TableOwner, keepDays: number): StoredFigures {
  const { queue, intake } = openTableAlerts(access, owner, keepDays);
  const log = createSnapshotLog(access, createTableKeys(owner.mode, owner.source));
  return {
    alertWaitingSinceMs: queue.oldestAtMs,
    snapshots: log.read,
    openAlerts: async () => (await intake.open()).map(({ alert }) => alert),
    restores: async () => (await findOwner(access))?.restores ?? 0,
  };
}
