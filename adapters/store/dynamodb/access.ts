import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { TwinlegError } from '#core/errors.ts';
import type { TableKey } from '../keys.ts';
import type { TableTarget } from './client.ts';
import { cloudError, failureOf } from './errors.ts';
import { type Item, keyItem } from './items.ts';
import { Attempts, type Patience, READING } from './retry.ts';
import { tokenOf } from './transaction.ts';

/** DynamoDB's own bound on the keys of one batch. */
const BATCH_KEYS = 100;

/** Reads and writes of one table, with failures told as this product's own. */
export interface TableAccess {
  readonly target: TableTarget;
  readonly client: DynamoDBClient;
  /** Strongly consistent; by `pk|sk`, without those that are not there. */
  get(keys: readonly TableKey[]): Promise<Map<string, Item>>;
  /** Strongly consistent; undefined where it is not there. */
  getOne(key: TableKey): Promise<Item | undefined>;
  /** All items of the table page by page, strongly consistent; what is written meanwhile may be older or newer than the rest. */
  scan(): AsyncGenerator<readonly Item[]>;
  /** All items of a partition in order, strongly consistent. */
  query(partition: string, options?: QueryOptions): Promise<Item[]>;
  /** The same a few at a time: what nobody asks for is not read. */
  pages(partition: string, options: PageOptions): AsyncGenerator<readonly Item[]>;
  /** One transaction, once; throws what AWS throws. */
  transact(items: readonly TransactWriteItem[]): Promise<void>;
  /** Repeats what is harmless to repeat: reads, and writes that come to the same when done twice. */
  repeat<T>(run: () => Promise<T>, patience?: Patience): Promise<T>;
  /** Writes under a condition, and repeats that; false where the condition does not hold. */
  writeIf(run: () => Promise<unknown>): Promise<boolean>;
  /** The same error in this product's words. */
  told(error: unknown): unknown;
  /** `STORE_BUSY`: it takes too little at a time. */
  busy(): TwinlegError;
}

export interface QueryOptions {
  /** Sort keys from this one on. */
  readonly from?: string;
  /** The last ones first, and no more than so many. */
  readonly last?: number;
  /** No more than so many, the first ones. */
  readonly first?: number;
}

export interface PageOptions {
  /** Sort keys that begin so. */
  readonly prefix?: string;
  /** How many items a page has at the most. */
  readonly size: number;
}

export const keyOf = ({ pk, sk }: Item): TableKey => ({ pk: pk?.S ?? '', sk: sk?.S ?? '' });

export const nameOfKey = ({ pk, sk }: TableKey): string => `${pk}|${sk}`;

export function createTableAccess(client: DynamoDBClient, target: TableTarget): TableAccess {
  const { table, region } = target;
  const told = (error: unknown) => cloudError(error, table, region);

  function busy(): TwinlegError {
    const remedy = 'the next event tries again; raise the capacity where it stays so';
    return new TwinlegError('STORE_BUSY', `the table ${table} in ${region} is throttled`, remedy, { retryable: true });
  }

  async function repeat<T>(run: () => Promise<T>, patience = READING): Promise<T> {
    const attempts = new Attempts(patience);
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (error instanceof TwinlegError) throw error;
        const failure = failureOf(error);
        const isWorthIt = failure === 'contended' || failure === 'unknown';
        if (!isWorthIt || !(await attempts.again())) throw told(error);
      }
    }
  }

  async function getBatch(keys: readonly TableKey[], found: Map<string, Item>): Promise<void> {
    let wanted: Item[] = keys.map(keyItem);
    const attempts = new Attempts(READING);
    while (wanted.length > 0) {
      const RequestItems = { [table]: { Keys: wanted, ConsistentRead: true } };
      const answer = await repeat(() => client.send(new BatchGetItemCommand({ RequestItems })));
      for (const item of answer.Responses?.[table] ?? []) {
        found.set(nameOfKey(keyOf(item)), item);
      }
      wanted = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      if (wanted.length > 0 && !(await attempts.again())) throw busy();
    }
  }

  async function get(keys: readonly TableKey[]): Promise<Map<string, Item>> {
    const found = new Map<string, Item>();
    const batches: Promise<void>[] = [];
    for (let i = 0; i < keys.length; i += BATCH_KEYS) batches.push(getBatch(keys.slice(i, i + BATCH_KEYS), found));
    await Promise.all(batches);
    return found;
  }

  async function* paged(
    partition: string,
    { condition = '', of }: { condition?: string; of?: string },
    Limit: number | undefined,
    ScanIndexForward: boolean,
  ): AsyncGenerator<Item[]> {
    let next: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: `pk = :pk${condition}`,
        ExpressionAttributeValues: { ':pk': { S: partition }, ...(of === undefined ? {} : { ':of': { S: of } }) },
        ScanIndexForward,
        ...(Limit === undefined ? {} : { Limit }),
        ...(next === undefined ? {} : { ExclusiveStartKey: next }),
      });
      const answer = await repeat(() => client.send(command));
      yield answer.Items ?? [];
      next = answer.LastEvaluatedKey;
    } while (next !== undefined);
  }

  return {
    target,
    client,
    told,
    busy,
    repeat,
    writeIf: (run) =>
      repeat(async () => {
        try {
          await run();
          return true;
        } catch (error) {
          if (failureOf(error) === 'condition') return false;
          throw error;
        }
      }),
    get,
    getOne: async (key) => (await get([key])).get(nameOfKey(key)),
    async *scan() {
      let next: Item | undefined;
      do {
        const command = new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          ...(next === undefined ? {} : { ExclusiveStartKey: next }),
        });
        const answer = await repeat(() => client.send(command));
        yield answer.Items ?? [];
        next = answer.LastEvaluatedKey;
      } while (next !== undefined);
    },
    async query(partition, { from, last, first } = {}) {
      const most = last ?? first;
      const items: Item[] = [];
      const where = from === undefined ? {} : { condition: ' AND sk >= :of', of: from };
      for await (const page of paged(partition, where, most, last === undefined)) {
        items.push(...page);
        if (most !== undefined && items.length >= most) break;
      }
      return items.slice(0, most);
    },
    pages: (partition, { prefix, size }) =>
      paged(partition, prefix === undefined ? {} : { condition: ' AND begins_with(sk, :of)', of: prefix }, size, true),
    async transact(items) {
      const TransactItems = [...items];
      await client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: tokenOf(items) }));
    },
  };
}
