import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { TableKeys } from '../../keys.ts';
import type { TableAccess } from '../access.ts';
import { type Item, keyItem, numberOf, numeric } from '../items.ts';

/** How a stage's scheduled snapshots fared. */
export interface SnapshotLog {
  readonly saved: number;
  readonly failed: number;
  /** Of the newest one, ms. */
  readonly savedAtMs: number | null;
  /** Since when each one has failed, ms; null where the last one did not. */
  readonly failingSinceMs: number | null;
  /** When one began of which nobody knows how it ended, ms. */
  readonly beganAtMs: number | null;
  /** When the last one began, however it ended, ms. */
  readonly triedAtMs: number | null;
}

/** The item that remembers it from one invocation to the next. */
export function createSnapshotLog(access: TableAccess, keys: TableKeys) {
  const key = keys.snapshot();
  const update = async (UpdateExpression: string, ExpressionAttributeValues: Item) => {
    const command = new UpdateItemCommand({
      TableName: access.target.table,
      Key: keyItem(key),
      UpdateExpression,
      ExpressionAttributeValues,
    });
    // Sent once: a count that is repeated would be one too many.
    await access.client.send(command).catch((error) => {
      throw access.told(error);
    });
  };
  return {
    async read(): Promise<SnapshotLog> {
      const item = await access.getOne(key);
      const momentOf = (name: string) => numberOf(item, name) ?? null;
      return {
        saved: numberOf(item, 'saved') ?? 0,
        failed: numberOf(item, 'failed') ?? 0,
        savedAtMs: momentOf('savedAtMs'),
        failingSinceMs: momentOf('failingSinceMs'),
        beganAtMs: momentOf('beganAtMs'),
        triedAtMs: momentOf('triedAtMs'),
      };
    },
    begin: (nowMs: number) => update('SET beganAtMs = :now, triedAtMs = :now', { ':now': numeric(nowMs) }),
    saved: (atMs: number) =>
      update('SET savedAtMs = :at REMOVE beganAtMs, failingSinceMs ADD saved :one', {
        ':at': numeric(atMs),
        ':one': numeric(1),
      }),
    failed: (nowMs: number) =>
      update('SET failingSinceMs = if_not_exists(failingSinceMs, :now) REMOVE beganAtMs ADD failed :one', {
        ':now': numeric(nowMs),
        ':one': numeric(1),
      }),
  };
}
