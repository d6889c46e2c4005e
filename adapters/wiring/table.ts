import { createTableAccess, type TableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { requireOwner } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import type { Config } from '#core/config.ts';
import type { Records } from '#core/ports/records.ts';

/** What says where a table is and how long its records are kept. */
export type TableConfig = Pick<Config, 'wiring' | 'cloud' | 'history' | 'execution'>;

/** Works on the table of a stage, whether it is there or not. @param requestMs longest that one request may take */
export async function withTable<T>(
  { cloud }: Pick<Config, 'cloud'>,
  work: (access: TableAccess) => Promise<T>,
  requestMs?: number,
): Promise<T> {
  const target = { table: tableOf(cloud.stage), region: cloud.region };
  const client = createDynamoClient(target, requestMs);
  try {
    return await work(createTableAccess(client, target));
  } finally {
    client.destroy();
  }
}

/** The records of a stage's table, on which something must have traded. */
export function withTableRecords<T>(config: TableConfig, work: (records: Records) => Promise<T>): Promise<T> {
  return withTable(config, async (access) => {
    const owner = await requireOwner(access);
    const { client, target } = access;
    const keeping = { keepDays: config.history.keepDays, entryExpiresMs: config.execution.entryExpiresMs };
    return await work(createDynamoRecords(access, owner, createDynamoStore({ client, target, owner, ...keeping })));
  });
}
