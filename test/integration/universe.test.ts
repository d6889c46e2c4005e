import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StoredUniverse } from '#adapters/universe/keeper.ts';
import { UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import type { Alert } from '#core/alerts/types.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { configOf } from '../support/backtest.ts';
import { churn } from '../support/churn.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { setsOf, simulatedVenues } from '../support/venues.ts';

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ symbols: 260 });
});
after(() => simulator.close());

// Without depths a reading is light, so that no test waits for another's weights.
const { universe: TOP } = configOf({ universe: { mode: 'TOP_N', topN: 5, filters: { minDepthUsdt: null } } });

function calls(): number {
  const state = simulator.state() as { binance: { restCalls: number }; upbit: { restCalls: number } };
  return state.binance.restCalls + state.upbit.restCalls;
}

test('the whole market is read from both venues, with every reason', async () => {
  const reading = await createUniverseReader(simulator.urls).read(TOP);
  assert.deepEqual(reading.failures, []);
  assert.ok(reading.facts!.binance.size > 250 && reading.facts!.upbit.size > 250);
  assert.equal(reading.instrument('BTC/USDT')!.binance.lot, '0.00001');
  const memory = { load: () => null, save() {} };
  const { universe } = await new UniverseKeeper(createUniverseReader(simulator.urls), memory).refresh(
    TOP,
    [],
    Date.now,
  );
  const reasons = new Map(universe!.selection.excluded.map(({ symbol, reason }) => [symbol, reason]));
  assert.equal(reasons.get('TON/USDT'), 'identity');
  assert.equal(reasons.get('WARN/USDT'), 'warning');
  assert.equal(reasons.get('HALT/USDT'), 'halted');
  assert.equal(reasons.get('ONLYB/USDT'), 'not_on_upbit');
  assert.equal(reasons.get('DOGE/USDT'), 'tick');
});

for (const [kind, venue, waits] of [
  ['restDown', 'upbit', false],
  ['restLimited', 'binance', true],
  ['restBanned', 'upbit', true],
] as const) {
  test(`${kind} of ${venue}: the last good list stays, and a limit is obeyed`, async () => {
    let stored: StoredUniverse | null = null;
    const memory = {
      load: () => stored,
      save(universe: StoredUniverse) {
        stored = universe;
      },
    };
    const keeper = new UniverseKeeper(createUniverseReader(simulator.urls), memory);
    const good = await keeper.refresh(TOP, [], Date.now);
    simulator.fault({ kind, venue, durationMs: 60_000, retryAfterSeconds: 30 });
    const refused = await keeper.refresh(TOP, [], Date.now);
    assert.deepEqual(refused.universe!.selection, good.universe!.selection);
    assert.deepEqual(
      refused.failures.map((failure) => failure.venue),
      [venue],
    );
    // The start after a crash has the same memory.
    const again = await new UniverseKeeper(createUniverseReader(simulator.urls), memory).refresh(TOP, [], Date.now);
    assert.deepEqual(again.universe!.selection, good.universe!.selection);
    simulator.fault({ kind: 'clear' });
    const before = calls();
    const later = await keeper.refresh(TOP, [], Date.now);
    assert.equal(later.failures.length, waits ? 1 : 0, 'while it is limited the venue is left alone');
    if (waits && venue === 'binance') assert.ok(calls() > before);
  });
}

test('a short limit is waited for', async () => {
  simulator.fault({ kind: 'restLimited', venue: 'upbit', durationMs: 700, retryAfterSeconds: 1 });
  const { failures } = await createUniverseReader(simulator.urls).read(TOP);
  assert.deepEqual(failures, []);
});

test('a run keeps its list while a venue’s REST is down, says so once as an alert, and goes on when it is back', () =>
  withDirectory(async (data) => {
    const venues = setsOf(simulatedVenues(simulator.urls)).flatMap((set) => ['--set', set]);
    const options = ['--data', data, ...venues];
    const top = [
      '--set',
      'universe.mode=TOP_N',
      '--set',
      'universe.topN=5',
      '--set',
      'universe.refreshSeconds=1',
      '--set',
      'universe.filters.minDepthUsdt=null',
    ];
    const run = new Cli(['run', ...options, ...top, '--port', '0', '--json']);
    const started = await run.event('started');
    assert.equal(started.symbols, 5);
    simulator.fault({ kind: 'restDown', venue: 'upbit', durationMs: 60_000 });
    await run.event('universe_stale', ({ venue }) => venue === 'upbit');
    simulator.fault({ kind: 'clear' });
    await run.event('universe_fresh');
    // A coin that is halted leaves the list, and the next one by volume does not come in before rank 5.
    simulator.fault({ kind: 'haltSymbol', venue: 'binance', symbol: 'SOL', durationMs: 60_000 });
    const changed = await run.event('universe_changed');
    assert.ok([...(changed.dropped as string[]), ...(changed.draining as string[])].includes('SOL/USDT'));
    simulator.fault({ kind: 'clear' });
    assert.equal((await run.stop()).code, 0);
    const alerts = (await cli('alerts', '--data', data, '--json')).json<Alert[]>();
    assert.equal(alerts.filter(({ code }) => code === 'UNIVERSE_STALE').length, 1);
  }));

test('what cannot be traded is said before anything starts', () =>
  withDirectory(async (data) => {
    const denied = await cli(
      'run',
      '--data',
      data,
      '--set',
      'universe.symbols=["BTC/USDT"]',
      '--set',
      'universe.filters.deny=["BTC/USDT"]',
    );
    assert.equal(denied.code, 2);
    assert.match(denied.stderr, /BTC\/USDT \(deny/);
    const none = await cli(
      'run',
      '--data',
      data,
      '--set',
      'universe.mode=FULL_MARKET',
      '--set',
      'universe.filters.allow=["NONE/USDT"]',
    );
    assert.equal(none.code, 2);
    const down = [
      '--set',
      'venues.source=real',
      '--set',
      'venues.binance.restUrl=http://127.0.0.1:1',
      '--set',
      'venues.upbit.restUrl=http://127.0.0.1:1',
    ];
    const unread = await cli('universe', ...down, '--json');
    assert.equal(unread.code, 1);
    assert.equal(unread.json<{ error: { code: string } }>().error.code, 'UNIVERSE_UNAVAILABLE');
  }));

test('FULL_MARKET with 250 symbols runs', () =>
  withDirectory(async (data) => {
    const open = ['minVolumeUsdt', 'maxTickBps', 'minDepthUsdt'].flatMap((name) => [
      '--set',
      `universe.filters.${name}=null`,
    ]);
    const args = [
      'run',
      '--data',
      data,
      '--port',
      '0',
      '--duration',
      '3',
      '--set',
      'universe.mode=FULL_MARKET',
      ...open,
    ];
    const run = new Cli([...args, '--record', join(data, 'full.gz'), '--json']);
    assert.ok(Number((await run.event('started')).symbols) >= 250);
    const { code, stderr } = await run.done;
    assert.equal(code, 0, stderr.slice(-1000));
  }));

test('a list that changes about every second: none lost, none traded after its drain, no socket left, replayed to the digit', () =>
  withDirectory(async (directory) => {
    const { changes } = await churn(directory, 8, 3);
    assert.ok(changes >= 4, `${changes} changes`);
  }));
