import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { controlOf } from '#adapters/store/dynamodb/items.ts';
import { createTableKeys } from '#adapters/store/keys.ts';
import { startSimulator } from '../../simulator/server.ts';
import { cli } from '../support/cli.ts';
import { everythingOf, IMAGES, openDeployment, runScript } from '../support/cloud/deployment.ts';
import { EMULATORS, missingEmulator } from '../support/emulators/emulators.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { until } from '../support/until.ts';

const STAGE = 'e2e';
const COINS = ['BTC', 'ETH', 'XRP', 'SOL'];
const skip = missingEmulator('ministack');

test('deployed: trades end to end, follows a changed universe, and is removed without a trace', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-deployed-'));
  const ministack = await EMULATORS.ministack.start();
  Object.assign(process.env, ministack.env);
  const simulator = await startSimulator({ coins: COINS, seed: 5, rate: 200 });
  const closing: (() => unknown)[] = [
    () => rmSync(folder, { recursive: true }),
    () => ministack.stop(),
    () => simulator.close(),
  ];
  t.after(async () => {
    for (const close of closing.reverse()) await close();
  });
  const sqs = new SQSClient({ region: ministack.env.AWS_REGION! });
  closing.push(() => sqs.destroy());

  const settingsFor = (coins: readonly string[]) => {
    const file = join(folder, 'twinleg.json');
    writeFileSync(file, JSON.stringify(settings(coins, simulator.urls)));
    return ['--config', file];
  };
  const startedMs = performance.now();
  const deployed = await runScript('deploy', ['--stage', STAGE, ...IMAGES, ...settingsFor(COINS)]);
  const seconds = (performance.now() - startedMs) / 1000;
  assert.match(deployed.value?.status, /^(CREATE|UPDATE)_COMPLETE$/, deployed.stderr);
  assert.deepEqual([deployed.value.doctor, deployed.status], [true, 0], deployed.stderr);
  t.diagnostic(`deployed in ${seconds.toFixed(1)} s`);
  assert.ok(seconds < 60, `${seconds} s`);

  const deployment = await openDeployment(ministack, STAGE);
  closing.push(() => deployment.close());
  await deployment.connect();
  await deployment.invoke('universe');
  await tradesOn('the list that was deployed', COINS, 3);

  const updated = await runScript('deploy', ['--stage', STAGE, ...IMAGES, ...settingsFor(COINS.slice(0, 2))]);
  assert.equal(updated.value?.status, 'UPDATE_COMPLETE', updated.stderr);
  await deployment.connect();
  await until(
    'the queues of dropped symbols are gone',
    async () => {
      await deployment.invoke('universe');
      return (await queues('ticks-')).length === 2;
    },
    40_000,
  );
  await tradesOn('the shorter list', COINS.slice(0, 2), 1);

  const dynamo = new DynamoDBClient({ region: ministack.env.AWS_REGION! });
  closing.push(() => dynamo.destroy());
  await addUsdt(dynamo, '1');
  const refused = await runScript('remove', ['--stage', STAGE, '--yes'], folder);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /balances: 1 wrong[\s\S]*nothing was removed/);
  assert.equal(await tradingState(), 'REDUCE_ONLY', 'what is open may still close');
  await addUsdt(dynamo, '-1');
  const removed = await runScript('remove', ['--stage', STAGE, '--yes'], folder);
  assert.equal(removed.status, 0, removed.stderr);
  assert.deepEqual(await everythingOf(STAGE), []);
  const again = await runScript('remove', ['--stage', STAGE, '--yes'], folder);
  assert.deepEqual([again.status, again.value.snapshot], [0, null], again.stderr);
  const { snapshot } = removed.value;
  const data = join(folder, 'restored');
  assert.equal((await cli('snapshot', 'restore', snapshot, '--data', data)).code, 0);
  const trades = (await cli('trades', '--data', data, '--json')).json<unknown[]>();
  assert.ok(trades.length >= 4, `${trades.length} trades came back`);
  assert.match(readFileSync(snapshot, 'utf8'), /tradingState\\":\\"HALTED/, 'nothing traded while parts of it went');

  async function tradingState(): Promise<string> {
    const { pk, sk } = createTableKeys('paper', 'real').control();
    const Key = { pk: { S: pk }, sk: { S: sk } };
    return controlOf((await dynamo.send(new GetItemCommand({ TableName: `twinleg-${STAGE}`, Key }))).Item).tradingState;
  }

  async function queues(kind: string): Promise<string[]> {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `twinleg-${STAGE}-${kind}` }));
    return QueueUrls.map((url) => url.split('/').at(-1)!);
  }

  /** The gateway as its task would start it, until positions were closed. */
  async function tradesOn(what: string, coins: readonly string[], count: number): Promise<void> {
    assert.deepEqual(
      (await queues('ticks-')).sort(),
      coins.map((coin) => `twinleg-${STAGE}-ticks-${coin}-USDT`).sort(),
    );
    const before = deployment.logged.length;
    const gateway = new GatewayProcess([], { ...ministack.env, ...(await deployment.gatewayVariables()) });
    closing.push(() => gateway.stop());
    const closed = () =>
      deployment.logged.slice(before).filter(({ event, fields }) => event === 'pair' && fields.state === 'CLOSED')
        .length;
    await until(`${count} positions are closed on ${what}`, () => closed() >= count, 60_000);
    assert.equal(await gateway.stop(), 0);
  }
});

function settings(coins: readonly string[], { binance, upbit }: Awaited<ReturnType<typeof startSimulator>>['urls']) {
  const address = ({ wsUrl, restUrl }: typeof binance) => ({ wsUrl, restUrl });
  return {
    venues: { binance: address(binance), upbit: address(upbit) },
    universe: { symbols: coins.map((coin) => `${coin}/USDT`) },
    strategy: { cooldownSeconds: 0, maxHoldSeconds: 2, minProfitThreshold: 0 },
    guards: { consecutiveLosses: { max: null }, commonMode: { symbols: null }, tickCoarse: { maxTickBps: null } },
  };
}

/** Changes the table behind the product's back. */
async function addUsdt(client: DynamoDBClient, by: string): Promise<void> {
  const { pk, sk } = createTableKeys('paper', 'real').balance('binance', 'USDT');
  await client.send(
    new UpdateItemCommand({
      TableName: `twinleg-${STAGE}`,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'ADD quantity :by',
      ExpressionAttributeValues: { ':by': { N: by } },
    }),
  );
}
