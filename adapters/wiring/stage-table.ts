import { createTableAccess, type TableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import type { TableOwner } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import type { Config } from '#core/config.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';

interface Opening {
  /** An address that is not AWS's own: `AWS_ENDPOINT_URL`; left out, the client looks there itself. */
  readonly endpoint?: string | undefined;
  /** Longest that one request may take, ms. */
  readonly requestMs?: number | undefined;
}

/** The table of a stage, whether it is there or not. Who opens it destroys its client. */
export function openTable({ cloud }: Pick<Config, 'cloud'>, { endpoint, requestMs }: Opening = {}): TableAccess {
  const target = { table: tableOf(cloud.stage), region: cloud.region, endpoint };
  return createTableAccess(createDynamoClient(target, requestMs), target);
}

/** The store on an open table. */
export function storeOn(
  { client, target }: TableAccess,
  owner: TableOwner,
  { history, execution }: Pick<Config, 'history' | 'execution'>,
): CloudStore {
  const { entryExpiresMs } = execution;
  return createDynamoStore({ client, target, owner, keepDays: history.keepDays, entryExpiresMs });
}
