import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { NO_COMMANDS } from '#core/operator/confirmations.ts';
import type { AskedCommand, OperatorLog } from '#core/ports/operator.ts';
import { createTableKeys } from '../../keys.ts';
import type { TableAccess } from '../access.ts';
import { body, bodyOf, expiry, keyItem, text } from '../items.ts';
import type { TableOwner } from '../owner.ts';
import { changeVersioned } from './versioned.ts';

/** Commands of operators on the table of a stage. */
export function createDynamoOperatorLog(access: TableAccess, owner: TableOwner, keepMs: number): OperatorLog {
  const keys = createTableKeys(owner.mode, owner.source);
  const TableName = access.target.table;
  return {
    async begin(asked) {
      const key = keys.command(asked.id);
      const command = new PutItemCommand({
        TableName,
        Item: { ...keyItem(key), body: body(asked), expiresAt: expiry(asked.atMs + keepMs) },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      if (await access.writeIf(() => access.client.send(command))) return 'new';
      const item = await access.getOne(key);
      return item?.outcome === undefined ? 'again' : 'ended';
    },
    async end(id, outcome) {
      const command = new UpdateItemCommand({
        TableName,
        Key: keyItem(keys.command(id)),
        UpdateExpression: 'SET outcome = :outcome',
        ExpressionAttributeValues: { ':outcome': text(outcome) },
      });
      await access.repeat(() => access.client.send(command));
    },
    state: (change) => changeVersioned(access, keys.commands(), NO_COMMANDS, change),
    async list(last) {
      const items = await access.query(keys.partition('command'), { last });
      return items.map((item) => ({ ...bodyOf<AskedCommand>(item), outcome: item.outcome?.S ?? null }));
    },
  };
}
