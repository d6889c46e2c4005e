import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { TableAccess } from '../access.ts';
import type { Item } from '../items.ts';
import { Attempts, type Patience } from '../retry.ts';

/** DynamoDB's own bound on the items of one batch. */
const BATCH_ITEMS = 25;
const AT_ONCE = 4;
const PATIENCE: Patience = { budgetMs: 60_000, attempts: 100 };

/** Writes items in batches, a few at once, over whatever is there; what was throttled is sent again. */
export async function putAll(access: TableAccess, items: Iterable<Item>): Promise<void> {
  const source = items[Symbol.iterator]();
  async function work(): Promise<void> {
    for (let batch = take(source); batch.length > 0; batch = take(source)) await putBatch(access, batch);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function take(source: Iterator<Item>): WriteRequest[] {
  const batch: WriteRequest[] = [];
  while (batch.length < BATCH_ITEMS) {
    const { done, value } = source.next();
    if (done === true) break;
    batch.push({ PutRequest: { Item: value } });
  }
  return batch;
}

async function putBatch(access: TableAccess, batch: WriteRequest[]): Promise<void> {
  const { table } = access.target;
  const attempts = new Attempts(PATIENCE);
  let left = batch;
  for (;;) {
    const command = new BatchWriteItemCommand({ RequestItems: { [table]: left } });
    const { UnprocessedItems } = await access.repeat(() => access.client.send(command), PATIENCE);
    left = UnprocessedItems?.[table] ?? [];
    if (left.length === 0) return;
    if (!(await attempts.again())) throw access.busy();
  }
}
