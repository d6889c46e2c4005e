import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createRouting, type Routing } from '#adapters/bus/sqs/routing.ts';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { createDeploymentStore } from '#adapters/store/dynamodb/deployment.ts';
import { claimTable } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import { createTable } from '#adapters/store/dynamodb/table.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import { plainList } from '#core/universe/list.ts';
import type { Simulator } from '../../simulator/server.ts';
import type { Emulator } from './emulators/emulators.ts';
import { setsOf, simulatedVenues } from './venues.ts';

/** What a gateway finds in the cloud, as a deployment leaves it: table, list and tick queues of one stage. */
export interface GatewayStage {
  readonly store: CloudStore;
  readonly sqs: SQSClient;
  readonly routing: Routing;
  /** Addresses of the tick queues. */
  readonly queueUrls: readonly string[];
}

export async function openGatewayStage(
  emulator: Emulator,
  config: Config,
  instruments: readonly Instrument[],
): Promise<GatewayStage> {
  Object.assign(process.env, emulator.env);
  const { stage, region } = config.cloud;
  const { symbols } = config.universe;
  const target = { table: tableOf(stage), region, endpoint: emulator.url };
  const client = createDynamoClient(target, 10_000);
  await createTable(client, target.table);
  const owner = { mode: 'paper', source: 'real' };
  const access = createTableAccess(client, target);
  await claimTable(access, owner);
  const store = createDynamoStore({ client, target, owner, keepDays: 90, entryExpiresMs: 1000 });
  const version = configVersion(config);
  const deployment = { list: plainList(symbols), instruments, configVersion: version, memory: null, atMs: Date.now() };
  await createDeploymentStore(access, owner).write(deployment);
  await store.publishConfiguration(version);
  const sqs = new SQSClient({ region, endpoint: emulator.url });
  const routing = createRouting(config.cloud);
  const queueUrls: string[] = [];
  for (const QueueName of routing.tickQueues(symbols)) {
    const Attributes = { MessageRetentionPeriod: '60' };
    queueUrls.push((await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!);
  }
  return { store, sqs, routing, queueUrls };
}

/** Settings of a gateway on that stage, with venues that stand at these addresses. */
export function gatewaySettings({ universe, cloud }: Config, urls: Simulator['urls']): string[] {
  return [
    ...setsOf(simulatedVenues(urls)),
    `universe.symbols=${JSON.stringify(universe.symbols)}`,
    `cloud.stage=${cloud.stage}`,
    `cloud.queueLayout=${cloud.queueLayout}`,
  ];
}
