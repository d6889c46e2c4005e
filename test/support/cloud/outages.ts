import assert from 'node:assert/strict';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { pnlUsdt } from '#core/execution/ledger.ts';
import { sum } from '#core/market/money.ts';
import type { GatewayProcess } from '../gateway-process.ts';
import { until } from '../until.ts';
import type { TradingStage } from './trading.ts';
import { NO_UPKEEP } from './upkeep.ts';

/** Health tells that the table is away after five seconds. */
const STORE_SILENT_SECONDS = 7;
/** Failures count as errors, and these hold entries back until a minute after the last. */
const AGAIN_MS = 150_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ticks of a gateway that were left out, by why. */
export async function leftOut(gateway: GatewayProcess): Promise<Record<string, number>> {
  const whys = ['conflated', 'too_old', 'queue_failed'] as const;
  const counts = whys.map(async (why) => [why, await gateway.metric(`ticks_filtered_total{reason="${why}"}`)] as const);
  return Object.fromEntries(await Promise.all(counts));
}

/** Queues away from the gateway for a while: the newest goes on, what was left out is counted, memory stays bounded. */
export async function queuesAway(trading: TradingStage, gateway: GatewayProcess, seconds: number) {
  const before = await leftOut(gateway);
  trading.doors.queues.shut();
  await sleep(seconds * 1000);
  const after = await leftOut(gateway);
  const waiting = await gateway.metric('queue_messages{queue="ticks"}');
  assert.ok(after.queue_failed! > before.queue_failed!, JSON.stringify({ before, after }));
  assert.ok(waiting <= 2 * trading.stage.parts.config.universe.symbols.length, `${waiting} ticks wait`);
  assert.equal((await fetch(`${gateway.url}/health`)).status, 503);
  trading.doors.queues.open();
  const backAtMs = performance.now();
  await trading.trades(1, AGAIN_MS);
  return { seconds, before, after, waiting, tradedAgainMs: Math.round(performance.now() - backAtMs) };
}

/** The table away from everybody for a while: ticks that met no store are counted, the lease stays, pairs go on. */
export async function tableAway(trading: TradingStage, gateway: GatewayProcess, seconds: number) {
  const failed = () => trading.tally().failed ?? 0;
  const before = failed();
  trading.doors.table.shut();
  await sleep(seconds * 1000);
  if (seconds > STORE_SILENT_SECONDS) assert.equal((await fetch(`${gateway.url}/health`)).status, 503);
  await until('ticks that met no store are counted', () => failed() > before, 30_000);
  trading.doors.table.open();
  const backAtMs = performance.now();
  await swept(trading);
  await trading.trades(1, AGAIN_MS);
  assert.equal(gateway.said('lease_lost'), undefined);
  return { seconds, failed: failed() - before, tradedAgainMs: Math.round(performance.now() - backAtMs) };
}

/** As the schedule does each minute: what lost its clock is gone on with. */
async function swept({ stage }: TradingStage): Promise<void> {
  await until(
    'a sweep',
    () =>
      housekeep({ ...stage.parts, upkeep: NO_UPKEEP }).then(
        () => true,
        () => false,
      ),
    30_000,
  );
}

/** Messages that nobody can read, into every tick queue. @returns how many */
export async function poison({ stage }: TradingStage): Promise<number> {
  const { sqs, routing, config } = stage.parts;
  const urls = createQueueUrls(sqs);
  const queues = routing.tickQueues(config.universe.symbols);
  for (const queue of queues)
    for (const MessageBody of ['{', '{"v":2,"kind":"tick"}'])
      await sqs.send(new SendMessageCommand({ QueueUrl: await urls.of(queue), MessageBody }));
  return 2 * queues.length;
}

/** All that happened adds up: nothing is doubled, lost or left half-way. */
export async function assertWhole(trading: TradingStage): Promise<void> {
  await swept(trading);
  await trading.atRest();
  const { config, store } = trading.stage.parts;
  assert.equal(await trading.mismatch(), null);
  const target = { table: tableOf(config.cloud.stage), region: config.cloud.region };
  const client = createDynamoClient(target);
  const owner = { mode: config.mode, source: config.venues.source };
  const records = createDynamoRecords(createTableAccess(client, target), owner, store);
  const trades = await records.trades();
  const { tally } = await store.load();
  client.destroy();
  assert.equal(sum(trades.map(({ fills }) => pnlUsdt(fills))).toString(), tally.pnlUsdt);
  const ids = trades.flatMap(({ fills }) => fills.map(({ orderId }) => orderId));
  assert.equal(new Set(ids).size, ids.length, 'no order is filled twice');
  const { stage } = trading;
  const told = new Set(
    stage.logged
      .filter(({ event, fields }) => event === 'pair' && fields.state === 'CLOSED')
      .map(({ fields }) => fields.id),
  );
  for (const id of told)
    assert.ok(
      trades.some((trade) => trade.id === id),
      `${id} is lost`,
    );
}
