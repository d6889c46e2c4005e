import { sendAlerts } from '#adapters/bus/sqs/alert-queue.ts';
import { encodeTick, type TickContext } from '#adapters/bus/sqs/message.ts';
import { createTickSender } from '#adapters/bus/sqs/publisher.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { createDeploymentStore } from '#adapters/store/dynamodb/deployment.ts';
import { claimTable } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoRecords, createPublications, type Publications } from '#adapters/store/dynamodb/records.ts';
import type { StoredUniverse } from '#adapters/universe/keeper.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { Config } from '#core/config.ts';
import type { Tick } from '#core/market/market.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Deployment, DeploymentStore } from '#core/ports/deployment.ts';
import type { SharedRecords } from '#core/ports/records.ts';
import type { TickSender } from '#core/ports/tick-sender.ts';
import { openTable, storeOn } from './stage-table.ts';
import { ownerOf } from './start-venues.ts';
import { openStoredFigures, type StoredFigures } from './stored-figures.ts';

/** A tick that waits is a tick that is late: the next one is the retry. */
const SEND_ATTEMPTS = 1;

/** What a gateway reaches in the cloud. */
export interface GatewayCloud {
  readonly store: CloudStore;
  readonly deployments: DeploymentStore;
  readonly records: Pick<SharedRecords, 'load' | 'trades' | 'rolledUp' | 'marks' | 'triggers'>;
  readonly publications: Publications;
  readonly figures: StoredFigures;
  readonly sender: TickSender;
  /** Name of the queue that a symbol's ticks go to. */
  queueOf(symbol: string): string;
  encode(tick: Tick, context: TickContext): string;
  /** Sends an alert on its way to the operator. */
  tell(alert: Alert): Promise<void>;
  close(): void;
}

/**
 * Table and queues of the configured stage. Credentials, and addresses that are not AWS's own, come from the standard
 * `AWS_*` variables.
 *
 * @throws TwinlegError `STORE_FOREIGN`, `STORE_MISSING` or what AWS refuses
 */
export async function openGatewayCloud(config: Config): Promise<GatewayCloud> {
  const owner = ownerOf(config);
  const access = openTable(config);
  const sqs = createSqsClient(config.cloud.region, SEND_ATTEMPTS);
  const urls = createQueueUrls(sqs);
  await claimTable(access, owner);
  const routing = createRouting(config.cloud);
  const store = storeOn(access, owner, config);
  return {
    store,
    deployments: createDeploymentStore(access, owner),
    records: createDynamoRecords(access, owner, store),
    publications: createPublications(access, owner),
    figures: openStoredFigures(access, owner, config.history.keepDays),
    sender: createTickSender(sqs, urls, routing),
    queueOf: routing.tickQueue,
    encode: encodeTick,
    tell: (alert) => sendAlerts(sqs, urls, routing.alerts, [alert]),
    close() {
      access.client.destroy();
      sqs.destroy();
    },
  };
}

/** Symbols under a venue's warning when the list was made. */
export function warnedSymbols({ memory }: Deployment): readonly string[] {
  return (memory as StoredUniverse | null)?.selection.warned ?? [];
}
