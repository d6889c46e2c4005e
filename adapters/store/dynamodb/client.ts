import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createBusyClient } from '#adapters/aws/busy-client.ts';
import { plainJson } from '#adapters/aws/plain-json.ts';

/** Longest that one request may take before its answer counts as lost, ms. */
const REQUEST_MS = 1000;
const CONNECT_MS = 1000;

/** What a decision asks for: items hold texts and numbers alone. */
const OF_A_DECISION = new Set(['BatchGetItem', 'TransactWriteItems', 'PutItem']);

/** Which table where. Credentials, and an address that is not AWS's own, come from the standard `AWS_*` variables. */
export interface TableTarget {
  readonly table: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
}

/** The table of a deployment stage. */
export function tableOf(stage: string): string {
  return `twinleg-${stage}`;
}

/** A client that never repeats by itself: what may be repeated, and how long, is the store's to say. */
export function createDynamoClient({ region, endpoint }: TableTarget, requestMs = REQUEST_MS): DynamoDBClient {
  const client = createBusyClient(
    (options) => new DynamoDBClient({ ...options, ...(endpoint === undefined ? {} : { endpoint }) }),
    { region, attempts: 1, connectMs: CONNECT_MS, requestMs, sockets: 128 },
  );
  client.config.protocol = plainJson(client.config.protocol, 'DynamoDB_20120810', OF_A_DECISION);
  return client;
}
