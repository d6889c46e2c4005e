import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { createTableAccess, keyOf } from '#adapters/store/dynamodb/access.ts';
import { openBridge, type TableBridge } from '#adapters/store/dynamodb/bridge/bridge.ts';
import {
  bridgedKpis,
  createBridgedHistory,
  createBridgedMemory,
  createBridgedRuns,
  createBridgedStore,
  createBridgedUniverse,
} from '#adapters/store/dynamodb/bridge/store.ts';
import { keyItem } from '#adapters/store/dynamodb/items.ts';
import { createDynamoRecords } from '#adapters/store/dynamodb/records.ts';
import { createTableKeys } from '#adapters/store/keys.ts';
import { parseConfig } from '#core/config.ts';
import type { TwinlegError } from '#core/errors.ts';
import { unreadSelection } from '#core/universe/select.ts';
import { freshTable } from '../support/cloud-store.ts';
import { publicationsContract } from '../support/contract/publications.ts';
import { positionSteps, promised, request, storeContract } from '../support/contract/store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';

const missing = missingEmulator('ministack');

describe(`the table over the bridge${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  const bridges: TableBridge[] = [];
  before(async () => {
    emulator = await EMULATORS.ministack.start();
  });
  after(async () => {
    for (const bridge of bridges) await bridge.close();
    await emulator.stop();
  });

  async function bridgeTo(table: string, more: { leaseMs?: number; callMs?: number; requestMs?: number } = {}) {
    const told: TwinlegError[] = [];
    const lost: TwinlegError[] = [];
    const bridge = await openBridge({
      target: { table, region: 'ap-northeast-2', endpoint: emulator.url },
      owner: { mode: 'paper', source: 'simulator' },
      keepDays: 90,
      entryExpiresMs: 1000,
      leaseMs: 800,
      requestMs: 10_000,
      callMs: 20_000,
      failed: (error) => told.push(error),
      lost: (error) => lost.push(error),
      ...more,
    });
    bridges.push(bridge);
    return { bridge, told, lost };
  }

  storeContract('dynamodb over the bridge', async () => {
    const { table } = await freshTable(emulator);
    const { bridge } = await bridgeTo(table);
    const store = () => promised(createBridgedStore(bridge));
    // A new bridge would be a newer epoch than that of the suite's ticks.
    return { store: store(), reopen: async () => store() };
  });

  publicationsContract('the table over the bridge', async () => {
    const { table, open, client } = await freshTable(emulator);
    const { bridge } = await bridgeTo(table);
    const access = createTableAccess(client(), { table, region: 'ap-northeast-2' });
    const records = createDynamoRecords(access, { mode: 'paper', source: 'simulator' }, open());
    return { history: createBridgedHistory(bridge), records };
  });

  test('runs are numbered by the lease, the paper venues remember, and a second run is refused', async () => {
    const { table } = await freshTable(emulator);
    const { bridge } = await bridgeTo(table);
    const runs = createBridgedRuns(bridge);
    assert.equal(runs.lastEventMs(), null);
    assert.equal(runs.begin(1000, 'v1'), bridge.epoch);
    assert.equal(runs.crashedMs(), 1000);
    runs.end(bridge.epoch, 2000);
    assert.equal(runs.lastEventMs(), 2000);
    assert.equal(runs.crashedMs(), null);
    const memory = createBridgedMemory(bridge);
    assert.equal(memory.get('o1'), undefined);
    memory.put('o1', null);
    assert.deepEqual(memory.get('o1'), { execution: null });
    await assert.rejects(bridgeTo(table, { leaseMs: 1500 }), { code: 'STORE_IN_USE' });
    bridges.splice(bridges.indexOf(bridge), 1);
    await bridge.close();
    const next = await bridgeTo(table);
    assert.equal(next.bridge.epoch, bridge.epoch + 1);
  });

  test('the last list and the figures of what was closed are read back', async () => {
    const { table, open, client } = await freshTable(emulator);
    const { bridge } = await bridgeTo(table);
    const universe = createBridgedUniverse(bridge);
    assert.equal(universe.load(), null);
    const parsed = parseConfig({});
    assert.ok(parsed.ok);
    const list = { atMs: 5, made: null, selection: unreadSelection(parsed.config.universe), instruments: [] };
    universe.save(list);
    assert.deepEqual(universe.load(), list);
    const store = createBridgedStore(bridge);
    for (let i = 0; i < positionSteps; i++) assert.equal(store.commit(request(i)).ok, true);
    const figures = bridgedKpis(bridge).report();
    assert.equal(figures.total.trades, 1);
    const access = createTableAccess(client(), { table, region: 'ap-northeast-2' });
    const records = createDynamoRecords(access, { mode: 'paper', source: 'simulator' }, open());
    assert.deepEqual((await records.rolledUp()).book.report(), figures, 'counted up on the way');
    // Whoever starts next asks for no position that was counted: there is none any more.
    const Key = keyItem(keyOf((await access.query(createTableKeys('paper', 'simulator').partition('position')))[0]!));
    await access.client.send(new DeleteItemCommand({ TableName: table, Key }));
    assert.deepEqual(bridgedKpis(bridge).report(), figures);
  });

  test('who was taken over is told, and its decisions are refused by the write', async () => {
    const { table, open } = await freshTable(emulator);
    const { bridge, lost } = await bridgeTo(table, { leaseMs: 60_000 });
    const other = open();
    const taken = await other.lease.take('other', await other.lease.read());
    assert.equal(taken?.epoch, bridge.epoch + 1);
    const old = request(0);
    const { next } = old.transition;
    const asEpoch = (epoch: number) => ({ ...old, transition: { ...old.transition, next: { ...next, epoch } } });
    const answer = createBridgedStore(bridge).commit(asEpoch(bridge.epoch));
    assert.ok(!answer.ok && answer.conflict === 'state', 'fenced off');
    assert.equal((await other.commit(asEpoch(taken.epoch))).ok, true);
    assert.equal(lost.length, 0, 'its next renewal is far away');
  });

  test('a renewal that is refused tells that the table was taken over', async () => {
    const { table, open } = await freshTable(emulator);
    const { lost } = await bridgeTo(table);
    const other = open();
    for (let taken = null; taken === null; ) taken = await other.lease.take('other', await other.lease.read());
    await until('it is told', () => lost.length > 0);
    assert.equal(lost[0]?.code, 'STORE_IN_USE');
  });

  test('no answer in time is a failure of the store, and what comes too late disturbs no later call', async () => {
    const { table } = await freshTable(emulator);
    const { bridge } = await bridgeTo(table, { callMs: 1 });
    const store = createBridgedStore(bridge);
    assert.throws(() => store.load(), { code: 'STORE_TIMEOUT', retryable: true });
    for (let i = 0; i < 3; i++) assert.throws(() => store.control(), { code: 'STORE_AWAY' });
    assert.equal(bridge.isUp, false);
    await until('the thread has heard the table', () => bridge.isUp);
    await until('nothing is under way any more', () => bridge.isAhead());
    bridge.known();
    assert.equal(bridge.isAhead(), false);
  });
});
