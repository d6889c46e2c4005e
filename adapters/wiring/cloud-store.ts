import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import type { AlertIntake } from '#adapters/store/dynamodb/alerts/intake.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { createDeploymentStore } from '#adapters/store/dynamodb/deployment.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import type { Config } from '#core/config.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { DeploymentStore } from '#core/ports/deployment.ts';
import { sourceOf } from './start-venues.ts';

export interface OpenedCloudStore {
  readonly store: CloudStore;
  readonly deployments: DeploymentStore;
  readonly intake: AlertIntake;
  close(): void;
}

/** The store of a deployed stage. @param endpoint an address that is not AWS's own: `AWS_ENDPOINT_URL` */
export function openCloudStore(config: Config, endpoint: string | undefined): OpenedCloudStore {
  const { cloud, venues, execution, history } = config;
  const target = { table: tableOf(cloud.stage), region: cloud.region, endpoint };
  const client = createDynamoClient(target);
  const owner = { mode: config.mode, source: sourceOf(venues.source) };
  const { entryExpiresMs } = execution;
  const access = createTableAccess(client, target);
  return {
    store: createDynamoStore({ client, target, owner, keepDays: history.keepDays, entryExpiresMs }),
    deployments: createDeploymentStore(access, owner),
    intake: openTableAlerts(access, owner, history.keepDays).intake,
    close: () => client.destroy(),
  };
}
