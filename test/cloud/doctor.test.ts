import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { secretParameter } from '#adapters/config/stage-secrets.ts';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { keyItem } from '#adapters/store/dynamodb/items.ts';
import { createPublications } from '#adapters/store/dynamodb/records.ts';
import { createTableKeys } from '#adapters/store/keys.ts';
import type { Check } from '#adapters/wiring/checks.ts';
import { checkCloud, checkTableStore } from '#adapters/wiring/cloud-doctor/doctor.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import type { Config } from '#core/config.ts';
import { completeTable } from '../../infra/deploy/table.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { configOf } from '../support/backtest.ts';
import { Cli } from '../support/cli.ts';
import { startRefusing } from '../support/cloud/refusing.ts';
import { openStage, type Stage } from '../support/cloud/stage.ts';
import { freshTable } from '../support/cloud-store.ts';
import { positionSteps, request } from '../support/contract/store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { simulatedVenues } from '../support/venues.ts';

const skip = missingEmulator('ministack') ?? false;
const REGION = 'ap-northeast-2';

describe('doctor of a stage', { skip }, () => {
  let emulator: Emulator;
  let simulator: Simulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    simulator = await startSimulator({ coins: ['BTC', 'ETH'], seed: 5, rate: 20 });
  });
  after(async () => {
    await simulator.close();
    await emulator.stop();
  });

  const wrong = (checks: readonly Check[]) => checks.filter(({ ok }) => !ok);
  const names = (checks: readonly Check[]) => wrong(checks).map(({ name }) => name);
  const only = (checks: readonly Check[], name: string): Check => {
    assert.deepEqual(names(checks), [name], JSON.stringify(wrong(checks)));
    const found = wrong(checks)[0]!;
    assert.ok((found.remedy ?? '').length > 10);
    return found;
  };
  const configured = (table: string, wiring = 'hybrid'): Config =>
    configOf({ wiring, cloud: { stage: table.replace('twinleg-', '') } });

  test('a deployed stage is in order; what is missing, doubled, dead or late is named with its remedy', async () => {
    const stage: Stage = await openStage(emulator, {
      ...simulatedVenues(simulator.urls),
      'universe.symbols': ['BTC/USDT', 'ETH/USDT'],
    });
    const ssm = new SSMClient();
    try {
      const { config, sqs, routing, deadLetters } = stage.parts;
      const table = `twinleg-${stage.name}`;
      assert.deepEqual(names(await checkCloud(config)), ['table: recovery']);
      assert.deepEqual(await completeTable(table, REGION), ['point-in-time recovery']);
      assert.deepEqual(await completeTable(table, REGION), [], 'twice changes nothing');
      await refreshUniverse(stage.parts);
      const all = await checkCloud(config);
      assert.deepEqual(wrong(all), []);
      assert.match(all.find(({ name }) => name === 'mappings')?.detail ?? '', /^2 queues of ticks/);

      const put = async (name: string, Value: string) => {
        const Name = secretParameter(stage.name, name);
        await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
      };
      const ahead = only(await checkCloud(config, () => Date.now() + 60_000), 'clock');
      assert.equal(ahead.code, 'AWS_CLOCK_SKEW');
      assert.match(ahead.detail, /^(59|60)\d{3} ms ahead of AWS/);

      const told = async () => (await checkCloud(config)).find(({ name }) => name === 'alerts')!.detail;
      assert.match(await told(), /told to nobody: no .*TELEGRAM_BOT_TOKEN/);
      await put('TELEGRAM_BOT_TOKEN', '1:token');
      const chatless = only(await checkCloud(config), 'alerts');
      assert.match(chatless.detail, new RegExp(`there is no /twinleg/${stage.name}/alerts/TELEGRAM_CHAT_ID`));
      assert.match(chatless.remedy!, /aws ssm put-parameter .*TELEGRAM_CHAT_ID/);
      await put('TELEGRAM_CHAT_ID', 'my chat');
      assert.equal(only(await checkCloud(config), 'alerts').code, 'SECRET_INVALID');
      await put('TELEGRAM_CHAT_ID', '-100123');
      assert.match(await told(), /commands are not taken: no .*TELEGRAM_WEBHOOK_SECRET/);
      await put('TELEGRAM_WEBHOOK_SECRET', 'webhook');
      assert.equal(await told(), 'told to a chat, which may command');

      const letter = { queue: 'q', reason: 'not_json', detail: '', atMs: Date.now(), body: '{' };
      await deadLetters.put(letter);
      assert.match(only(await checkCloud(config), 'dead letters').detail, /^1 in .*dead-letters/);

      const urls = createQueueUrls(sqs);
      const remove = async (name: string) => sqs.send(new DeleteQueueCommand({ QueueUrl: await urls.of(name) }));
      await remove(routing.tickQueue('BTC/USDT'));
      await remove(routing.deadLetters);
      const gone = await checkCloud(config);
      assert.deepEqual(names(gone), ['queues', 'mappings']);
      assert.deepEqual(
        wrong(gone).map(({ code }) => code),
        ['QUEUE_MISSING', 'QUEUE_MISSING'],
      );
      assert.match(wrong(gone)[1]!.detail, /ticks-BTC-USDT is missing/);
    } finally {
      ssm.destroy();
      await stage.close();
    }
  });

  test('who holds the lease and shows no life, and a status that nobody renews', async () => {
    const { table, open, client } = await freshTable(emulator);
    await completeTable(table, REGION);
    const config = configured(table);
    assert.deepEqual(wrong(await checkCloud(config)), []);
    const { lease } = open();
    let held = await lease.take('gone', null);
    const beat = async () => {
      held = held && (await lease.renew(held));
    };
    const access = createTableAccess(client(), { table, region: REGION });
    const publications = createPublications(access, { mode: 'paper', source: 'simulator' });
    const nowMs = Date.now();
    const status = { running: true, atMs: nowMs - 90_000, tradingState: 'ACTIVE' };
    await publications.publishStatus(status, nowMs - 90_000, 5000);
    const checks = await checkCloud(config);
    assert.deepEqual(names(checks), ['lease', 'status']);
    assert.match(wrong(checks)[0]!.detail, /held by epoch 1, gone, which showed no life/);
    assert.match(wrong(checks)[1]!.detail, /last told 9\d s ago/);
    await publications.publishStatus({ ...status, atMs: Date.now() }, Date.now(), 30_000);
    const beating = setInterval(() => void beat(), 300);
    try {
      assert.deepEqual(wrong(await checkCloud(config)), []);
    } finally {
      clearInterval(beating);
    }
  });

  test('refused credentials end it at once; refused calls are named; the command ends with 3', async () => {
    const { table } = await freshTable(emulator);
    await completeTable(table, REGION);
    const refused = new Set<string>();
    const proxy = await startRefusing(emulator.url, (call) => {
      if (refused.has('all')) return 'UnrecognizedClientException';
      return refused.has(call.split('.')[1] ?? '') ? 'AccessDeniedException' : null;
    });
    const args = ['doctor', '--wiring', 'hybrid', '--set', `cloud.stage=${table.replace('twinleg-', '')}`, '--json'];
    const doctor = async (env: Record<string, string>, ...more: string[]) => {
      const done = await new Cli([...args, ...more, '--data', join(tmpdir(), `doctor-${process.pid}`)], { env }).done;
      return { code: done.code, ...done.json<{ ok: boolean; checks: Check[] }>() };
    };
    const env = { ...emulator.env, AWS_ENDPOINT_URL: proxy.url };
    try {
      const fine = await doctor(env);
      assert.deepEqual([fine.code, fine.ok, wrong(fine.checks)], [0, true, []]);
      for (const call of ['PutItem', 'Scan']) refused.add(call);
      const denied = await doctor(env);
      assert.equal(denied.code, 3);
      assert.equal(only(denied.checks, 'AWS permissions').detail, 'denied: dynamodb:Scan, dynamodb:PutItem');
      refused.add('all');
      assert.equal(only((await doctor(env)).checks, 'AWS').code, 'AWS_CREDENTIALS');
      const none = join(tmpdir(), 'none');
      const nobody = { AWS_ENDPOINT_URL: emulator.url, AWS_EC2_METADATA_DISABLED: 'true' };
      const files = { AWS_SHARED_CREDENTIALS_FILE: none, AWS_CONFIG_FILE: none };
      assert.equal(only((await doctor({ ...nobody, ...files })).checks, 'AWS').code, 'AWS_CREDENTIALS');
      const away = await doctor({ ...emulator.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
      assert.equal(only(away.checks, 'AWS').code, 'STORE_UNREACHABLE');
      const missing = await doctor({ ...emulator.env }, '--set', 'cloud.stage=nobody');
      assert.equal(missing.code, 3);
      assert.equal(only(missing.checks, 'table').code, 'STORE_MISSING');
      const audit = await doctor({ ...emulator.env }, '--store', '--set', 'cloud.stage=nobody');
      assert.equal(only(audit.checks, 'store').code, 'STORE_MISSING');
    } finally {
      await proxy.close();
    }
  });

  test('the audit of a table: in order after a whole position; what does not add up is found', async () => {
    const { table, open, client } = await freshTable(emulator);
    const store = open();
    const config = configured(table);
    await store.seedBalances([{ venue: 'binance', asset: 'USDT', quantity: '5000', valueUsdt: '5000' }]);
    await store.lease.take('run', null);
    await store.publishConfiguration('v1');
    await store.venueOrders.keep('o1', null);
    for (let i = 0; i < positionSteps; i++) assert.equal((await store.commit(request(i))).ok, true);
    const audit = await checkTableStore(config);
    assert.deepEqual(wrong(audit), []);
    assert.ok(audit.length > 10);
    const keys = createTableKeys('paper', 'simulator');
    const db = client();
    const set = (Key: ReturnType<typeof keyItem>, name: string, value: string) =>
      db.send(
        new UpdateItemCommand({
          TableName: table,
          Key,
          UpdateExpression: `SET ${name} = :value`,
          ExpressionAttributeValues: { ':value': { N: value } },
        }),
      );
    await set(keyItem(keys.exposure()), 'totalUsdt', '12');
    await set(keyItem(keys.symbol('BTC/USDT')), 'version', '99');
    await set(keyItem(keys.balance('binance', 'USDT')), 'quantity', '1');
    await set(keyItem(keys.control()), 'expiresAt', '1');
    const stray = { ...keyItem({ pk: 'paper:simulator/novelty', sk: '-' }), body: { S: '{}' } };
    await db.send(new PutItemCommand({ TableName: table, Item: stray }));
    assert.deepEqual(
      names(await checkTableStore(config)),
      ['exposure', 'conditions of symbols', 'balances', 'keys', 'expiry of keys'].map((name) => `store: ${name}`),
    );
  });
});
