import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { errorName, REFUSED_ACCESS } from '#adapters/bus/sqs/errors.ts';
import type { Routing } from '#adapters/bus/sqs/routing.ts';
import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import { type Check, failed, passed } from '../checks.ts';

type Attempt = readonly [action: string, call: () => Promise<unknown>];

/** A key that nothing ever has, and a condition that never holds: whoever may write is refused by it alone. */
const KEY = { pk: { S: 'doctor' }, sk: { S: '-' } };
const NEVER = 'attribute_exists(pk) AND attribute_not_exists(pk)';

/** Tries every call that commands make of the table, none of which can change anything. */
export function tableAttempts({ client, target }: TableAccess): Attempt[] {
  const TableName = target.table;
  const conditional = { TableName, ConditionExpression: NEVER };
  const batch = { [TableName]: { Keys: [KEY] } };
  const check = { ConditionCheck: { ...conditional, Key: KEY } };
  return [
    ['dynamodb:GetItem', () => client.send(new GetItemCommand({ TableName, Key: KEY }))],
    ['dynamodb:BatchGetItem', () => client.send(new BatchGetItemCommand({ RequestItems: batch }))],
    [
      'dynamodb:Query',
      () =>
        client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': KEY.pk },
          }),
        ),
    ],
    ['dynamodb:Scan', () => client.send(new ScanCommand({ TableName, Limit: 1 }))],
    ['dynamodb:PutItem', () => client.send(new PutItemCommand({ ...conditional, Item: KEY }))],
    [
      'dynamodb:UpdateItem',
      () => client.send(new UpdateItemCommand({ ...conditional, Key: KEY, UpdateExpression: 'REMOVE nothing' })),
    ],
    ['dynamodb:DeleteItem', () => client.send(new DeleteItemCommand({ ...conditional, Key: KEY }))],
    ['dynamodb:ConditionCheckItem', () => client.send(new TransactWriteItemsCommand({ TransactItems: [check] }))],
    [
      'dynamodb:BatchWriteItem',
      // Removes what is not there.
      () =>
        client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: KEY } }] } })),
    ],
  ];
}

/** The same of queues. Sending cannot be tried without a message. */
export function queueAttempts(sqs: SQSClient, routing: Routing, deadLetters: string | undefined): Attempt[] {
  const list: Attempt = [
    'sqs:ListQueues',
    () => sqs.send(new ListQueuesCommand({ QueueNamePrefix: routing.prefix, MaxResults: 1 })),
  ];
  if (deadLetters === undefined) return [list];
  const nobody = { QueueUrl: deadLetters, ReceiptHandle: 'doctor' };
  return [
    list,
    // Seen again at once by whoever looks next.
    [
      'sqs:ReceiveMessage',
      () =>
        sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetters, VisibilityTimeout: 0, MaxNumberOfMessages: 1 })),
    ],
    ['sqs:DeleteMessage', () => sqs.send(new DeleteMessageCommand(nobody))],
    [
      'sqs:ChangeMessageVisibility',
      () => sqs.send(new ChangeMessageVisibilityCommand({ ...nobody, VisibilityTimeout: 0 })),
    ],
  ];
}

/** One check of them all: what was refused by a condition or a wrong argument was allowed. */
export async function checkPermissions(attempts: readonly Attempt[]): Promise<Check> {
  const name = 'AWS permissions';
  const denied: string[] = [];
  for (const [action, call] of attempts) {
    try {
      await call();
    } catch (error) {
      if (REFUSED_ACCESS.has(errorName(error))) denied.push(action);
    }
  }
  if (denied.length === 0) return passed(name, `${attempts.length} kinds of calls tried, none denied`);
  const detail = `denied: ${denied.join(', ')}`;
  return {
    ...failed(name, detail, 'allow them to this user or role (docs/dynamodb.md)'),
    code: 'AWS_ACCESS_DENIED',
  };
}
