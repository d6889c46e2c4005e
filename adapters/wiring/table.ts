import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import { requireOwner } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import type { Config } from '#core/config.ts';
import type { Records } from '#core/ports/records.ts';
import { openTable, storeOn } from './stage-table.ts';

/** What says where a table is and how long its records are kept. */
export type TableConfig = Pick<Config, 'wiring' | 'cloud' | 'history' | 'execution'>;

/** Works on the table of a stage, whether it is there or not. @param requestMs longest that one request may take */
export async function withTable<T>(
  { cloud }: Pick<Config, 'cloud'>,
  work: (access: TableAccess) => Promise<T>,
  requestMs?: number,
): Promise<T> {
  const access = openTable({ cloud }, { requestMs });
  try {
    return await work(access);
  } finally {
    access.client.destroy();
  }
}

/** The records of a stage's table, on which something must have traded. */
export function withTableRecords<T>(config: TableConfig, work: (records: Records) => Promise<T>): Promise<T> {
  return withTable(config, async (access) => {
    const owner = await requireOwner(access);
    return await work(createDynamoRecords(access, owner, storeOn(access, owner, config)));
  });
}
