import { GetItemCommand, PutItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { LeaseRecord, LeaseStore } from '#core/ports/cloud-store.ts';
import type { TableKeys } from '../keys.ts';
import type { TableAccess } from './access.ts';
import { failureOf } from './errors.ts';
import { type Item, keyItem, leaseOf, numeric, text } from './items.ts';
import { Attempts, type Patience } from './retry.ts';
import type { Making } from './transaction.ts';

interface LeaseParts {
  readonly access: TableAccess;
  readonly making: Making;
  readonly patience: Patience;
}

/** The lease as one item; a take-over raises the epoch at which decisions are still accepted in the same transaction. */
export function createLease({ access, making, patience }: LeaseParts): LeaseStore {
  const { table, keys } = making;
  const Key = keyItem(keys.lease());

  async function read(): Promise<LeaseRecord | null> {
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return leaseOf((await access.repeat(() => access.client.send(command))).Item);
  }

  /**
   * The record is as it was seen: this one takes its place. A lost answer shows in the record that is there. Alone it is
   * written plainly: a transaction of one item costs twice as much, each second.
   */
  async function write(record: LeaseRecord, seen: LeaseRecord | null, more: TransactWriteItem[]) {
    const attempts = new Attempts(patience);
    for (;;) {
      try {
        const Put = leasePut(table, keys, record, seen);
        if (more.length === 0) await access.client.send(new PutItemCommand(Put));
        else await access.transact([{ Put }, ...more]);
        return record;
      } catch (error) {
        const failure = failureOf(error);
        if (failure === 'condition') {
          const now = await read();
          return now !== null && isSame(now, record) ? record : null;
        }
        if (failure === 'fatal' || !(await attempts.again())) throw access.told(error);
      }
    }
  }

  return {
    read,
    async take(holder, seen) {
      const record = { epoch: (seen?.epoch ?? 0) + 1, holder, beat: (seen?.beat ?? 0) + 1, released: false };
      return await write(record, seen, [
        {
          Update: {
            TableName: table,
            Key: keyItem(keys.control()),
            UpdateExpression: 'SET fence = :fence',
            ExpressionAttributeValues: { ':fence': numeric(record.epoch) },
          },
        },
      ]);
    },
    renew: (held) => write({ ...held, beat: held.beat + 1 }, held, []),
    release: (held) => write({ ...held, beat: held.beat + 1, released: true }, held, []),
  };
}

function isSame(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.epoch === b.epoch && a.beat === b.beat && a.holder === b.holder && a.released === b.released;
}

/** Puts a record in the place of the one that was seen, and of no other. */
export function leasePut(
  table: string,
  keys: TableKeys,
  { epoch, holder, beat, released }: LeaseRecord,
  seen: LeaseRecord | null,
): NonNullable<TransactWriteItem['Put']> {
  const Item: Item = {
    ...keyItem(keys.lease()),
    epoch: numeric(epoch),
    beat: numeric(beat),
    holder: text(holder),
    released: { BOOL: released },
  };
  if (seen === null) return { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    TableName: table,
    Item,
    ConditionExpression: 'epoch = :epoch AND beat = :beat AND holder = :holder',
    ExpressionAttributeValues: {
      ':epoch': numeric(seen.epoch),
      ':beat': numeric(seen.beat),
      ':holder': text(seen.holder),
    },
  };
}
