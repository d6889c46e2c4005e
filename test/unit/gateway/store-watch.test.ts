import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { INITIAL_CONTROL } from '#core/engine/state.ts';
import type { InterestView } from '#core/ports/cloud-store.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import { plainList } from '#core/universe/list.ts';
import { StoreWatch } from '../../../stream-gateway/store-watch.ts';

const WATCHED = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

/** A watch over a store that answers what the test says, each answer half a second after it was asked. */
function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const asked: (readonly string[])[] = [];
  const told: string[] = [];
  const world = { nowMs: 0, maybeOpen: ['ETH/USDT'], configuration: 1, known: 1, fails: false };
  const deployment: Deployment = {
    list: plainList(WATCHED),
    instruments: [],
    configVersion: 'v',
    memory: null,
    atMs: 1,
  };
  const watch = new StoreWatch({
    store: {
      async readInterest(symbols) {
        asked.push(symbols);
        world.nowMs += 500;
        if (world.fails) throw new Error('away');
        const epochs = { gateway: 1, configuration: world.configuration };
        return { epochs, control: INITIAL_CONTROL, states: new Map() } as unknown as InterestView;
      },
    },
    deployments: { read: async () => deployment, write: async () => {} },
    now: () => world.nowMs,
    maybeOpen: () => world.maybeOpen,
    watched: () => WATCHED,
    onView: (_view, startedMs) => void told.push(`view of ${startedMs}`),
    onDeployment: (_deployment, epoch) => {
      told.push(`deployment ${epoch}`);
      world.known = epoch;
    },
    configEpoch: () => world.known,
    failed: () => told.push('failed'),
  });
  const answered = () => new Promise((resolve) => setImmediate(resolve));
  async function start(): Promise<void> {
    watch.start();
    await answered();
  }
  async function second(): Promise<void> {
    world.nowMs += 500;
    t.mock.timers.tick(1000);
    await answered();
  }
  return { watch, start, asked, told, world, second };
}

test('each second the symbols that may be open are read, all at the start and each half minute', async (t) => {
  const { watch, start, asked, second } = setUp(t);
  await start();
  for (let i = 0; i < 30; i++) await second();
  await watch.stop();
  assert.equal(asked.length, 31);
  const whole = asked.flatMap((symbols, i) => (symbols === WATCHED ? [i] : []));
  assert.deepEqual(whole, [0, 30]);
  assert.ok(asked.filter((_, i) => i % 30 !== 0).every((symbols) => symbols.join() === 'ETH/USDT'));
});

test('a view counts from when its read began: what was sent later cannot be in it; a failed read tells nothing', async (t) => {
  const { watch, start, told, world, second } = setUp(t);
  await start();
  await second();
  world.fails = true;
  await second();
  world.fails = false;
  await second();
  await watch.stop();
  assert.equal(told[0], 'view of 0');
  assert.deepEqual(
    told.map((line) => line.split(' ')[0]),
    ['view', 'view', 'failed', 'view'],
  );
  assert.equal(watch.readAtMs, world.nowMs - 500);
});

test('another configuration’s epoch in the same read brings its deployment, once', async (t) => {
  const { watch, start, told, world, second } = setUp(t);
  await start();
  await second();
  world.configuration = 2;
  for (let i = 0; i < 3; i++) await second();
  await watch.stop();
  assert.deepEqual(
    told.filter((line) => !line.startsWith('view')),
    ['deployment 2'],
  );
});
