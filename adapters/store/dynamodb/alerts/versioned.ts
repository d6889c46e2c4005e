import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { TableKey } from '../../keys.ts';
import type { TableAccess } from '../access.ts';
import { failureOf } from '../errors.ts';
import { body, bodyOf, keyItem, numberOf, numeric, text } from '../items.ts';
import { Attempts, type Patience } from '../retry.ts';

/** Others may want the same item at once: it is read and tried again. */
const PATIENCE: Patience = { budgetMs: 5000, attempts: 40 };

/** A value of one item with its version, 0 where it was never written. */
export interface Versioned {
  readonly version: number;
}

/** Changes one item by a condition on its version, from what it is now; null leaves it. Returns what it is then. */
export async function changeVersioned<T extends Versioned>(
  access: TableAccess,
  key: TableKey,
  empty: T,
  change: (before: T) => T | null,
): Promise<T> {
  const writer = randomUUID();
  const attempts = new Attempts(PATIENCE);
  for (;;) {
    const item = await access.getOne(key);
    const version = numberOf(item, 'version') ?? 0;
    const before = item === undefined ? empty : { ...bodyOf<T>(item), version };
    if (item?.writer?.S === writer) return before;
    const after = change(before);
    if (after === null) return before;
    const next = { ...after, version: version + 1 };
    const command = new PutItemCommand({
      TableName: access.target.table,
      Item: { ...keyItem(key), version: numeric(next.version), writer: text(writer), body: body(next) },
      ...(version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'version = :seen', ExpressionAttributeValues: { ':seen': numeric(version) } }),
    });
    try {
      await access.client.send(command);
      return next;
    } catch (error) {
      if (failureOf(error) === 'fatal' || !(await attempts.again())) throw access.told(error);
    }
  }
}
