import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { SQSEvent } from 'aws-lambda';
import { tableOf } from '#adapters/store/dynamodb/client.ts';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { openUpkeep } from '#adapters/wiring/upkeep.ts';
import { COUNTED, type HourRates, type Layout } from '#core/cost/rates.ts';
import { openStage, type Stage } from '../../test/support/cloud/stage.ts';
import type { Emulator } from '../../test/support/emulators/emulators.ts';
import { GatewayProcess } from '../../test/support/gateway-process.ts';
import { closedSince } from './closed.ts';
import { countClients } from './counting/clients.ts';
import { type Counter, counting, Tallies } from './counting/counts.ts';
import { itemBytes, queueRequests } from './counting/units.ts';
import { startMarket } from './market.ts';

export interface CountedRun {
  readonly symbols: number;
  readonly isLively: boolean;
  readonly layout: Layout;
  readonly framesPerSecond: number;
  /** How long is counted, s. */
  readonly seconds: number;
}

const PRELOAD = new URL('./counting/preload.ts', import.meta.url).href;
/** Until every symbol is known to be flat, and the gateway sends no more than it has to. */
const SETTLE_SECONDS = 95;
const HOUSEKEEP_SECONDS = 60;
const UNIVERSE_SECONDS = 300;
/** What the log service adds to each event, bytes. */
const LOG_EVENT_BYTES = 26;
/** What the runtime of a function puts around a line. */
const LOG_FRAME = { timestamp: '2026-01-01T00:00:00.000Z', level: 'INFO', requestId: '0'.repeat(36) };

type Counts = Readonly<Partial<Record<Counter, number>>>;

/**
 * Simulator → gateway → SQS → functions → DynamoDB as they are deployed, the gateway in a process of its own, schedules at
 * their pace; counts what AWS would bill.
 */
export async function countedRun(
  run: CountedRun,
  emulator: Emulator,
): Promise<{ readonly rates: HourRates; readonly lateShare: number }> {
  countClients();
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-counted-'));
  const market = await startMarket(run.symbols, run.framesPerSecond, run.isLively);
  const tallies = new Tallies();
  let stage: Stage | undefined;
  let gateway: GatewayProcess | undefined;
  try {
    const { binance, upbit } = market.simulator.venues;
    const opened = await openStage(
      emulator,
      {
        'venues.source': 'real',
        'venues.binance.wsUrl': binance.wsUrl,
        'venues.binance.restUrl': binance.restUrl,
        'venues.upbit.wsUrl': upbit.wsUrl,
        'venues.upbit.restUrl': upbit.restUrl,
        'universe.symbols': market.symbols,
        'cloud.queueLayout': run.layout,
      },
      { around: (name, work, event) => mapped(name, event, tallies, work) },
    );
    stage = opened;
    const upkeep = openUpkeep(opened.parts.config, opened.parts.store, {
      ...opened.env,
      TWINLEG_SNAPSHOT_BUCKET: await createBucket(emulator, opened.name),
    });
    const scheduled = {
      housekeep: () => invoked('housekeep', tallies, () => housekeep({ ...opened.parts, upkeep })),
      universe: () => invoked('universe', tallies, () => refreshUniverse(opened.parts)),
    };
    await scheduled.universe();
    const countsFile = join(folder, 'gateway.json');
    const settings = { ...opened.env, NODE_OPTIONS: `--import=${PRELOAD}`, COUNTS_FILE: countsFile };
    gateway = new GatewayProcess([], settings);
    await gateway.saying('lease_taken');
    const looked = async (): Promise<Counts> => ({
      ...merged(tallies.all(), JSON.parse(readFileSync(countsFile, 'utf8')) as Counts),
      frames: await gateway!.metric('loop_latency_seconds_count'),
      gatewayLogBytes: gateway!.lines.reduce((sum, line) => sum + logBytes(JSON.stringify(line)), 0),
      functionLogBytes: opened.logged.reduce((sum, line) => sum + functionLineBytes(line), 0),
      tableGrowthBytes: await tableBytes(emulator, opened.name),
    });
    await seconds(SETTLE_SECONDS);
    const startedMs = Date.now();
    const firstLine = opened.logged.length;
    const before = await looked();
    for (let second = 0; second < run.seconds; second++) {
      if (second % HOUSEKEEP_SECONDS === HOUSEKEEP_SECONDS / 2) await scheduled.housekeep();
      if (second % UNIVERSE_SECONDS === UNIVERSE_SECONDS / 2) await scheduled.universe();
      await until(startedMs + (second + 1) * 1000);
    }
    const after = await looked();
    const toHour = 3_600_000 / (Date.now() - startedMs);
    const closed = await closedSince(opened.parts.config, startedMs);
    const used = { ...difference(after, before), ...closed };
    const rates = Object.fromEntries(COUNTED.map((name) => [name, rounded((used[name] ?? 0) * toHour)])) as HourRates;
    return {
      rates,
      lateShare: rounded(lateTicks(opened.logged.slice(firstLine)) / Math.max(1, used.tickMessages ?? 0)),
    };
  } finally {
    await gateway?.stop();
    await stage?.close();
    await market.simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An invocation by a mapping: the batch was received and is deleted afterwards. */
async function mapped<T>(name: 'evaluate' | 'execute', event: SQSEvent, tallies: Tallies, run: () => Promise<T>) {
  const received = queueRequests(event.Records.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0));
  if (name === 'execute') tallies.add('workRequests', received + 1);
  else {
    tallies.add('tickReceiveRequests', received);
    tallies.add('tickDeleteRequests');
  }
  return await invoked(name, tallies, run);
}

type Named = 'evaluate' | 'execute' | 'housekeep' | 'universe';

async function invoked<T>(name: Named, tallies: Tallies, run: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  try {
    return await counting('function', tallies, run);
  } finally {
    tallies.add(`${name}Invocations`);
    tallies.add(`${name}Ms`, Math.ceil(performance.now() - startedMs));
  }
}

function merged(a: Counts, b: Counts): Counts {
  return Object.fromEntries(COUNTED.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

function difference(after: Counts, before: Counts): Counts {
  return Object.fromEntries(COUNTED.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]));
}

function lateTicks(lines: Stage['logged']): number {
  return lines.reduce((sum, { event, fields }) => sum + (event === 'evaluated' ? Number(fields.late ?? 0) : 0), 0);
}

function logBytes(line: string): number {
  return Buffer.byteLength(line) + LOG_EVENT_BYTES;
}

function functionLineBytes({ event, fields }: Stage['logged'][number]): number {
  return logBytes(JSON.stringify({ ...LOG_FRAME, message: JSON.stringify({ level: 'info', event, ...fields }) }));
}

async function createBucket({ url, env }: Emulator, stage: string): Promise<string> {
  const client = new S3Client({ endpoint: url, region: env.AWS_REGION!, forcePathStyle: true });
  const Bucket = `twinleg-${stage}-snapshots`;
  await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  return Bucket;
}

async function tableBytes({ url, env }: Emulator, stage: string): Promise<number> {
  const client = new DynamoDBClient({ endpoint: url, region: env.AWS_REGION! });
  let bytes = 0;
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const answer = await client.send(
      new ScanCommand({ TableName: tableOf(stage), ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) }),
    );
    // DynamoDB keeps 100 bytes beside each item. What is published takes the place of what was before, so it does not grow.
    const kept = (answer.Items ?? []).filter((item) => item.validUntilMs === undefined);
    for (const item of kept) bytes += itemBytes(item) + 100;
    ExclusiveStartKey = answer.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey !== undefined);
  client.destroy();
  return bytes;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now())));
}

const seconds = (count: number) => until(Date.now() + count * 1000);
