import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { readStageSecrets } from '#adapters/config/stage-secrets.ts';
import { runExecutor } from '#adapters/wiring/executor.ts';
import { type GatewayCloud, openGatewayCloud } from '#adapters/wiring/gateway-cloud.ts';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { createFunctionParts, type FunctionParts } from '#adapters/wiring/lambda.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { openUpkeep } from '#adapters/wiring/upkeep.ts';
import { raise } from '#core/alerts/raise.ts';
import { isHolding } from '#core/engine/control.ts';
import { reconcileMismatch } from '#core/guards/reconcile-mismatch.ts';
import { startSimulator } from '../../../simulator/server.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../emulators/emulators.ts';
import { startGateway } from '../gateway.ts';
import { packageStage, type Template } from '../template.ts';
import { until } from '../until.ts';
import { simulatedVenues } from '../venues.ts';
import { CHAT, startAlerting } from './alerting.ts';
import { SeenCalls } from './calls.ts';
import { EAGER } from './eager.ts';
import { allowedBy, covers, nameOf, neededBy, type Permission } from './permissions.ts';
import { rolesOf } from './roles.ts';
import { openStage, type Stage } from './stage.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];
const skip = missingEmulator('ministack');

/** Lets a stage trade with orders leaving from there, and compares each role with what its part was seen to call meanwhile. */
export function proveRoles(executor: 'function' | 'host'): void {
  describe(`each role against what its part was seen to call: orders leave from a ${executor}`, { skip }, () => {
    const closing: (() => unknown)[] = [];
    let seen: SeenCalls;
    let template: Template;

    before(async () => {
      seen = new SeenCalls();
      const ministack = await EMULATORS.ministack.start();
      closing.push(
        () => ministack.stop(),
        () => seen.stop(),
      );
      const stage = await trade(ministack);
      template = packageStage(stage.name, { TWINLEG__EXECUTION__EXECUTOR: executor }).template;
    });
    after(async () => {
      for (const close of closing.reverse()) await close();
    });

    test('nothing is missing, nothing is spare', () => {
      const report = rolesOf(template, seen).map(({ name, statements, needed }) => {
        const allowed = allowedBy(statements, template);
        const missing = needed.filter((need) => !allowed.some((each) => covers(each, need)));
        const spare = allowed
          .filter(({ resource }) => isOwn(name, resource))
          .filter((each) => !needed.some((need) => covers(each, need)));
        return { name, missing: missing.map(nameOf), spare: spare.map(nameOf) };
      });
      assert.deepEqual(
        report.filter(({ missing, spare }) => missing.length + spare.length > 0),
        [],
      );
      assert.ok(report.length >= (executor === 'host' ? 6 : 5));
    });

    /** What a host adds; the rest was looked at without one. */
    function isOwn(role: string, resource: string): boolean {
      return executor === 'function' || role === 'executor' || resource.endsWith('-orders');
    }

    test('a planted gap and a planted gift would be found', () => {
      const [needed] = neededBy([{ name: 'SendMessage', input: { QueueUrl: 'http://sqs/1/twinleg-x-work' } }]);
      const other = (resource: string): Permission => ({ action: 'sqs:SendMessage', resource });
      assert.ok(covers(other('arn:aws:sqs:ap-northeast-2:123456789012:twinleg-x-*'), needed!));
      assert.ok(!covers(other('arn:aws:sqs:ap-northeast-2:123456789012:twinleg-x-work-failed'), needed!));
    });

    /** A stage with all that can happen in it, each part's calls seen. */
    async function trade(ministack: Emulator): Promise<Stage> {
      const coins = SYMBOLS.map((symbol) => symbol.split('/')[0]!);
      const simulator = await startSimulator({ coins, seed: 5, rate: 200 });
      closing.push(() => simulator.close());
      const settings = {
        'cloud.logTicks': true,
        'execution.executor': executor,
        'server.port': 0,
        ...simulatedVenues(simulator.urls),
        'universe.symbols': SYMBOLS,
        ...EAGER,
        'snapshot.keep': 1,
        'paper.faults.rejectRate': 0.1,
        'paper.faults.timeoutRate': 0.1,
        'paper.faults.lostAnswerRate': 0.1,
      };
      const stage = await openStage(ministack, settings, { around: (who, work) => seen.by(who, work) });
      closing.push(() => stage.close());
      const { parts } = stage;
      let host = startHost(stage);
      await seen.by('universe', () => refreshUniverse(parts));
      const { gateway, cloud } = await seen.by('gateway', async () => {
        const cloud = await openGatewayCloud(parts.config);
        closing.push(() => cloud.close());
        const deployment = (await cloud.deployments.read())!;
        return { cloud, ...(await startGateway({ ...cloud, deployment }, parts.config, simulator.urls)) };
      });
      for (const queue of [parts.routing.tickQueue(SYMBOLS[0]!), parts.routing.work, parts.routing.orders]) {
        const { QueueUrl } = await parts.sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
        await parts.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not one of ours' }));
      }
      const states = (state: string) =>
        stage.logged.filter(({ event, fields }) => event === 'pair' && fields.state === state);
      await until(
        'pairs are closed, and one had to be unwound',
        () => states('CLOSED').length >= 3 && states('UNWINDING').length >= 1,
        100_000,
      );
      await until('execute went on with a pair', () => (stage.shim.invocations.execute ?? 0) >= 2, 30_000);
      if (executor === 'function') {
        const wound = () =>
          seen.of('execute').some(({ name, input }) => name === 'SendMessage' && isWork(input.QueueUrl));
        await until('execute wound a pair again, which had more steps than a message covers', wound, 60_000);
        await tidyUp(stage, gateway, cloud);
      } else {
        // The worker dies and another one takes over: what lay on the queue meanwhile is asked for.
        await host.stop();
        const before = states('CLOSED').length;
        await sleep(1500);
        host = startHost(stage);
        await until('pairs are closed again', () => states('CLOSED').length > before, 30_000);
        assert.deepEqual(ordersKeptBy('evaluate'), [], 'a function knows no venue’s answer');
        assert.notDeepEqual(ordersKeptBy('executor'), []);
        await seen.by('executor', () => raised(createFunctionParts(stage.env, parts.log, 'host')));
        await seen.by('gateway', () => gateway.stop());
      }
      await host.stop();
      return stage;
    }

    /** All that happens between a stage and its operator. */
    async function speak(stage: Stage, cloud: GatewayCloud): Promise<void> {
      const alerting = await startAlerting(stage, (who, work) => seen.by(who, work));
      closing.push(() => alerting.close());
      const { bot, parts } = alerting;
      const nowMs = Date.now();
      await seen.by('gateway', () => cloud.tell(raise('VENUE_DOWN', 'upbit', nowMs, 'silent')));
      await until('something is told', () => bot.messages.length > 0, 30_000);
      const told = { status: 'firing', labels: { alertname: 'SERIES_GONE' }, fingerprint: 'f' };
      assert.equal(await alerting.alertmanager({ version: '4', alerts: [told] }), 200);
      const eventSourceARN = `arn:x:${stage.parts.routing.alerts}`;
      const record = { messageId: '1', eventSourceARN, body: '{', attributes: {} } as never;
      await seen.by('notify', () => parts.notify.messages([record]));
      await seen.by('notify', () => parts.notify.round());
      const message = (chat: string, id: number, text = '/pause') => ({
        update_id: id,
        message: { message_id: id, date: Math.floor(nowMs / 1000), chat: { id: Number(chat) }, text },
      });
      assert.equal(await alerting.post(message(CHAT, 1)), 200);
      assert.equal(await alerting.post(message('666', 2)), 200);
      assert.equal(await alerting.post(message(CHAT, 3, '/positions')), 200);
      await until('a stranger is told of', () => seen.of('telegram').some(({ name }) => name === 'SendMessageBatch'));
      for (const who of ['telegram', 'notify', 'alertmanager'])
        await seen.by(who, () => readStageSecrets(stage.env, stage.parts.config.cloud));
    }

    function startHost({ env, parts: { log } }: Stage) {
      const stopping = new AbortController();
      const work = () => runExecutor(createFunctionParts(env, log, 'host'), stopping.signal);
      const working = executor === 'host' ? seen.by('executor', work) : null;
      const stop = async () => {
        stopping.abort();
        await working;
      };
      // Where the stage does not come as far as its end, a worker that went on would keep the process.
      closing.push(stop);
      return { stop };
    }

    function ordersKeptBy(who: string): string[] {
      const items = seen.of(who).map(({ name, input }) => (name === 'PutItem' ? JSON.stringify(input.Item) : ''));
      return items.filter((item) => item.includes('venue-order'));
    }

    /** A sweep, a hold that ends, a list that grows shorter. */
    async function tidyUp(stage: Stage, gateway: { stop(): Promise<void> }, cloud: GatewayCloud): Promise<void> {
      const { parts } = stage;
      const housekeeping = createFunctionParts(stage.env, parts.log);
      const fewer = createFunctionParts({ ...stage.env, TWINLEG__UNIVERSE__SYMBOLS: '["BTC/USDT"]' }, parts.log);
      closing.push(
        () => housekeeping.sqs.destroy(),
        () => fewer.sqs.destroy(),
      );
      const bucket = `twinleg-${stage.name}-snapshots-123456789012`;
      await createBucket(bucket);
      const env = { ...stage.env, TWINLEG_SNAPSHOT_BUCKET: bucket };
      const upkeep = openUpkeep(housekeeping.config, housekeeping.store, env);
      // Hours go by between two of them, so that snapshots are due and figures are certain.
      let hours = 0;
      const now = () => Date.now() + hours * 3_600_000;
      const swept = () => {
        hours++;
        return seen.by('housekeep', () => housekeep({ ...housekeeping, upkeep, now }));
      };
      await until('a pair is swept', async () => (await swept()).swept > 0, 30_000);
      await seen.by('gateway', () => gateway.stop());
      await until('a snapshot followed another', async () => (await swept()).snapshot === 'saved');
      await seen.by('housekeep', () => hold(stage));
      for (const who of ['evaluate', 'execute', 'universe', 'housekeep'])
        await seen.by(who, () => raised(createFunctionParts(stage.env, parts.log)));
      await speak(stage, cloud);
      await until('the hold is lifted', async () => {
        await swept();
        return !isHolding(await parts.store.control(), reconcileMismatch.code);
      });
      const refresh = () => seen.by('universe', () => refreshUniverse(fewer));
      await until('what was dropped is removed', async () => (await refresh()).deleted.length > 0, 30_000);
    }
  });
}

function isWork(queueUrl: unknown): boolean {
  return String(queueUrl).endsWith('-work');
}

async function createBucket(Bucket: string): Promise<void> {
  const client = new S3Client({ forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
}

/** Something failed and is told of. */
async function raised(parts: FunctionParts): Promise<void> {
  parts.alerts.fault('INTERNAL', 'made up');
  await parts.flush();
  parts.sqs.destroy();
}

/** As housekeeping left it when the ledger did not add up. */
async function hold({ parts: { store, now } }: Stage): Promise<void> {
  const change = { code: reconcileMismatch.code, holds: true, reason: 'made up', atMs: now() };
  const alerts = [raise('RECONCILE_MISMATCH', '', now(), 'made up')];
  await until('it is held', async () => {
    const { version } = await store.control();
    return (await store.hold({ ordinal: 1, controlVersion: version, change, decisions: [], alerts })).ok;
  });
}
