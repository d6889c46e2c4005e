import type { AlertIntake } from '#adapters/store/dynamodb/alerts/intake.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { createDeploymentStore } from '#adapters/store/dynamodb/deployment.ts';
import { type PublishedStatus, readStatus } from '#adapters/store/dynamodb/records.ts';
import type { Config } from '#core/config.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { DeploymentStore } from '#core/ports/deployment.ts';
import type { Published } from '#core/ports/records.ts';
import { openTable, storeOn } from './stage-table.ts';
import { ownerOf } from './start-venues.ts';

export interface OpenedCloudStore {
  readonly store: CloudStore;
  readonly deployments: DeploymentStore;
  readonly intake: AlertIntake;
  /** What the gateway published of itself last. */
  gatewayStatus(nowMs: number): Promise<Published<PublishedStatus> | null>;
  close(): void;
}

/** The store of a deployed stage. @param endpoint an address that is not AWS's own: `AWS_ENDPOINT_URL` */
export function openCloudStore(config: Config, endpoint: string | undefined): OpenedCloudStore {
  const access = openTable(config, { endpoint });
  const owner = ownerOf(config);
  return {
    store: storeOn(access, owner, config),
    deployments: createDeploymentStore(access, owner),
    intake: openTableAlerts(access, owner, config.history.keepDays).intake,
    gatewayStatus: (nowMs) => readStatus(access, owner, nowMs),
    close: () => access.client.destroy(),
  };
}
