import assert from 'node:assert/strict';
import type { BatchGetItemCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditFinding } from '#adapters/store/audit.ts';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { auditTable } from '#adapters/store/dynamodb/audit.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { claimTable } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import { createTable } from '#adapters/store/dynamodb/table.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Emulator } from './emulators/emulators.ts';

/** Longer than the made-up moments of tests are ago: what has expired an emulator removes, sooner or later. */
const KEEP_DAYS = 36_500;

let tables = 0;

/** A store on a table of its own; `open` makes another writer on the same table. */
export async function freshTable({ url, env }: Emulator): Promise<{
  readonly table: string;
  client(): ReturnType<typeof createDynamoClient>;
  open(client?: ReturnType<typeof createDynamoClient>): CloudStore;
  /** Whether all that the table holds adds up. */
  audit(): Promise<AuditFinding[]>;
}> {
  Object.assign(process.env, env);
  const target = { table: tableOf(`t${process.pid}-${tables++}`), region: env.AWS_REGION!, endpoint: url };
  const client = () => insistOnConsistentReads(createDynamoClient(target, 10_000));
  await createTable(client(), target.table);
  const owner = { mode: 'paper', source: 'simulator' };
  const access = createTableAccess(client(), target);
  await claimTable(access, owner);
  return {
    table: target.table,
    client,
    open: (own = client()) =>
      createDynamoStore({ client: own, target, owner, keepDays: KEEP_DAYS, entryExpiresMs: 1000 }),
    audit: () => auditTable(access, owner),
  };
}

const READS = new Set(['GetItemCommand', 'QueryCommand', 'ScanCommand']);

/** No emulator is ever behind, as AWS may be: a read that AWS may answer with what was there before fails here. */
function insistOnConsistentReads(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { commandName = '' } = context as { commandName?: string };
      const { RequestItems = {} } = args.input as BatchGetItemCommandInput;
      const asked = commandName === 'BatchGetItemCommand' ? Object.values(RequestItems) : [];
      const reads = READS.has(commandName) ? [args.input as { ConsistentRead?: boolean }] : asked;
      for (const { ConsistentRead } of reads)
        assert.equal(ConsistentRead, true, `${commandName} reads what may be old`);
      return await next(args);
    },
    { step: 'initialize', name: 'consistent reads' },
  );
  return client;
}
