import { resolved, type Statement, type Template } from '../template.ts';
import type { SeenCall } from './calls.ts';

/** One action on one resource, as a role allows it or a call needs it. */
export interface Permission {
  readonly action: string;
  /** An ARN; `*` within it in what a role allows. */
  readonly resource: string;
}

const ACCOUNT = 'ap-northeast-2:123456789012';
const text = (value: unknown) => String(value ?? '');
const table = (name: unknown) => `arn:aws:dynamodb:${ACCOUNT}:table/${text(name)}`;
const queue = (nameOrUrl: unknown) => `arn:aws:sqs:${ACCOUNT}:${text(nameOrUrl).split('/').at(-1)}`;
const bucket = (name: unknown) => `arn:aws:s3:::${text(name)}`;
const mapping = `arn:aws:lambda:${ACCOUNT}:event-source-mapping:any`;

type Input = SeenCall['input'];
type Needs = (input: Input) => Permission[];

const one = (action: string, resource: (input: Input) => string): Needs => {
  return (input) => [{ action, resource: resource(input) }];
};
const onQueue = (action: string): Needs =>
  one(`sqs:${action}`, ({ QueueUrl, QueueName }) => queue(QueueUrl ?? QueueName));
const onItem = (action: string): Needs => one(`dynamodb:${action}`, ({ TableName }) => table(TableName));
const onObject = (action: string): Needs => one(`s3:${action}`, ({ Bucket, Key }) => `${bucket(Bucket)}/${text(Key)}`);

/** What AWS asks a role for, by the SDK's name of the call. */
const NEEDS: Readonly<Record<string, Needs>> = {
  GetQueueUrl: onQueue('GetQueueUrl'),
  SendMessage: onQueue('SendMessage'),
  SendMessageBatch: onQueue('SendMessage'),
  ReceiveMessage: onQueue('ReceiveMessage'),
  DeleteMessage: onQueue('DeleteMessage'),
  DeleteMessageBatch: onQueue('DeleteMessage'),
  ChangeMessageVisibility: onQueue('ChangeMessageVisibility'),
  GetQueueAttributes: onQueue('GetQueueAttributes'),
  DeleteQueue: onQueue('DeleteQueue'),
  ListQueueTags: onQueue('ListQueueTags'),
  CreateQueue: (input) => [
    ...onQueue('CreateQueue')(input),
    ...(input.tags === undefined ? [] : onQueue('TagQueue')(input)),
  ],
  ListQueues: one('sqs:ListQueues', () => '*'),
  ListEventSourceMappings: one('lambda:ListEventSourceMappings', () => '*'),
  CreateEventSourceMapping: ({ Tags }) => [
    { action: 'lambda:CreateEventSourceMapping', resource: '*' },
    ...(Tags === undefined ? [] : [{ action: 'lambda:TagResource', resource: mapping }]),
  ],
  DeleteEventSourceMapping: one('lambda:DeleteEventSourceMapping', () => mapping),
  GetItem: onItem('GetItem'),
  PutItem: onItem('PutItem'),
  UpdateItem: onItem('UpdateItem'),
  DeleteItem: onItem('DeleteItem'),
  Query: onItem('Query'),
  Scan: onItem('Scan'),
  BatchGetItem: perTable('BatchGetItem'),
  BatchWriteItem: perTable('BatchWriteItem'),
  TransactWriteItems: ({ TransactItems }) =>
    (TransactItems as Record<string, Input>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: `dynamodb:${kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`}`,
        resource: table(TableName),
      })),
    ),
  TransactGetItems: ({ TransactItems }) =>
    (TransactItems as { Get: Input }[]).map(({ Get }) => ({
      action: 'dynamodb:GetItem',
      resource: table(Get.TableName),
    })),
  PutObject: onObject('PutObject'),
  GetObject: onObject('GetObject'),
  HeadObject: onObject('GetObject'),
  DeleteObject: onObject('DeleteObject'),
  GetParameters: ({ Names }) =>
    (Names as string[]).map((name) => ({
      action: 'ssm:GetParameters',
      resource: `arn:aws:ssm:${ACCOUNT}:parameter${name}`,
    })),
  ListObjectsV2: one('s3:ListBucket', ({ Bucket }) => bucket(Bucket)),
};

function perTable(action: string): Needs {
  return ({ RequestItems }) =>
    Object.keys(RequestItems as object).map((name) => ({ action: `dynamodb:${action}`, resource: table(name) }));
}

/** What these calls need, each once. */
export function neededBy(calls: readonly SeenCall[]): Permission[] {
  const all = calls.flatMap(({ name, input }) => {
    const needs = NEEDS[name];
    if (needs === undefined) throw new Error(`what does ${name} need of a role? Add it to NEEDS`);
    return needs(input);
  });
  return [...new Map(all.map((each) => [nameOf(each), each])).values()];
}

/** What AWS itself does in a function's name for its queues: mappings in the template, and those made at run time. */
export function neededToPoll(queues: readonly string[]): Permission[] {
  return queues.flatMap((name) =>
    ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
      action: `sqs:${action}`,
      resource: queue(name),
    })),
  );
}

/** What the statements of a role allow, one action and one resource each. */
export function allowedBy(statements: readonly Statement[], template: Template): Permission[] {
  return statements.flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) =>
        [resolved(Resource, template)].flat().map((resource) => ({ action, resource: text(resource) })),
      ),
  );
}

/** Whether a role's permission covers a need. */
export function covers(allowed: Permission, needed: Permission): boolean {
  if (allowed.action !== needed.action) return false;
  const pattern = allowed.resource.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(needed.resource);
}

export const nameOf = ({ action, resource }: Permission): string => `${action} on ${resource}`;
