import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { auditTable } from '#adapters/store/dynamodb/audit.ts';
import { tableOf } from '#adapters/store/dynamodb/client.ts';
import { createDeploymentStore } from '#adapters/store/dynamodb/deployment.ts';
import { findOwner, requireOwner, type TableOwner } from '#adapters/store/dynamodb/owner.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import type { Config } from '#core/config.ts';
import { type Check, failed, failedBy, passed } from '../checks.ts';
import { storeOn } from '../stage-table.ts';
import { ownerOf } from '../start-venues.ts';
import { functionNameOf } from '../universe-function.ts';
import { openWatchedTable, type WatchedTable } from './client.ts';
import { checkLeadership, checkOwner } from './leadership.ts';
import { checkPermissions, queueAttempts, tableAttempts } from './permissions.ts';
import { checkMappings, checkQueues } from './queues.ts';
import { checkTable } from './table.ts';
import { checkTelling } from './telling.ts';

const ATTEMPTS = 2;
/** Nobody can be asked anything while one of these holds. */
const HOPELESS = new Set(['AWS_CREDENTIALS', 'AWS_CLOCK_SKEW', 'STORE_UNREACHABLE']);
/** What differs twice in the same way so far apart differs; else it was written meanwhile, ms. */
const LOOK_AGAIN_MS = 3000;

/** Everything that a stage stands on. @param now this machine's clock, ms */
export async function checkCloud(config: Config, now: () => number = Date.now): Promise<Check[]> {
  return await withTable(config, now, async (table) => {
    const { access } = table;
    const asked = await checkTable(access);
    const first = asked[0]!;
    if (HOPELESS.has(first.code ?? '')) return [{ ...first, name: 'AWS' }];
    const clock = checkClock(table, config);
    const found = [passed('AWS', `credentials are accepted in ${config.cloud.region}`), clock, ...asked];
    // Who may not describe it may still work on it.
    const isThere = first.ok || first.code === 'AWS_ACCESS_DENIED';
    const state = isThere ? await checkState(config, table, now) : null;
    found.push(...(state?.checks ?? []));
    const queues = config.wiring === 'cloud' ? await checkDeployed(config, table, state?.owner ?? null) : null;
    found.push(...(queues?.checks ?? []));
    const attempts = [...(isThere ? tableAttempts(access) : []), ...(queues?.attempts ?? [])];
    if (attempts.length > 0) found.push(await checkPermissions(attempts));
    queues?.close();
    return found;
  });
}

/** The audit of a stage's table; where a run may write meanwhile, what is wrong is looked at twice. */
export async function checkTableStore(config: Config): Promise<Check[]> {
  return await withTable(config, Date.now, async ({ access }) => {
    try {
      const owner = await requireOwner(access);
      const looked = passed('store', `${access.target.table}: mode ${owner.mode}, source ${owner.source}`);
      let findings = await auditTable(access, owner);
      if (findings.some(({ ok }) => !ok)) {
        await sleep(LOOK_AGAIN_MS);
        const before = new Map(findings.map(({ name, detail }) => [name, detail]));
        const again = await auditTable(access, owner);
        findings = again.map((each) => ({ ...each, ok: each.ok || before.get(each.name) !== each.detail }));
      }
      const remedy = 'halt what trades on it; restore a snapshot or report the finding';
      return [
        looked,
        ...findings.map(({ name, ok, detail }) =>
          ok ? passed(`store: ${name}`, detail) : failed(`store: ${name}`, detail, remedy),
        ),
      ];
    } catch (error) {
      return [failedBy('store', error)];
    }
  });
}

async function withTable<T>(config: Config, now: () => number, work: (table: WatchedTable) => Promise<T>): Promise<T> {
  const { stage, region } = config.cloud;
  const table = openWatchedTable({ table: tableOf(stage), region }, now);
  try {
    return await work(table);
  } finally {
    table.access.client.destroy();
  }
}

/** @returns also whose table it is; null where that cannot be told */
async function checkState(
  config: Config,
  { access }: WatchedTable,
  now: () => number,
): Promise<{ readonly checks: Check[]; readonly owner: TableOwner | null }> {
  let owner: TableOwner | null = null;
  try {
    owner = await findOwner(access);
    const told = checkOwner(owner, ownerOf(config), access);
    if (owner === null) return { owner, checks: [told] };
    const store = storeOn(access, owner, config);
    const leadership = await checkLeadership(store, createDynamoRecords(access, owner, store), now);
    return { owner, checks: [told, ...leadership] };
  } catch (error) {
    return { owner, checks: [failedBy('store', error)] };
  }
}

/** Queues and functions, which only the cloud wiring has. */
async function checkDeployed(config: Config, { access }: WatchedTable, owner: TableOwner | null) {
  const { cloud } = config;
  const sqs = createSqsClient(cloud.region, ATTEMPTS);
  const lambda = new LambdaClient({ region: cloud.region, maxAttempts: ATTEMPTS });
  const routing = createRouting(cloud);
  const urls = createQueueUrls(sqs);
  const functionName = functionNameOf(cloud.stage, 'evaluate');
  const parts = { sqs, lambda, urls, routing, stage: cloud.stage, functionName };
  const deployed = owner === null ? Promise.resolve(null) : createDeploymentStore(access, owner).read();
  const mapped = deployed.then(
    (deployment) => checkMappings(parts, deployment),
    (error: unknown) => [failedBy('universe', error)],
  );
  const checks = [...(await checkQueues(parts)), ...(await mapped), await checkTelling(config)];
  const deadLetters = await urls.of(routing.deadLetters).catch(() => undefined);
  const attempts = queueAttempts(sqs, routing, deadLetters);
  return {
    checks,
    attempts,
    close() {
      sqs.destroy();
      lambda.destroy();
    },
  };
}

/** This machine's clock against AWS's, by the `Date` of its answers. */
function checkClock({ time }: WatchedTable, { guards }: Config): Check {
  const told = time();
  if (told === null) return passed('clock', 'AWS told no time');
  const { aheadMs, uncertainMs } = told;
  const detail = `${Math.abs(aheadMs)} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} AWS, ± ${Math.round(uncertainMs)} ms`;
  const surely = Math.abs(aheadMs) - uncertainMs;
  if (surely <= (guards.clockSkew.maxMs ?? Number.POSITIVE_INFINITY)) return passed('clock', detail);
  return { ...failed('clock', detail, 'synchronise the clock (NTP)'), code: 'AWS_CLOCK_SKEW' };
}
