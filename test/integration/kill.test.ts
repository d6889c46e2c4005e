import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { STORE_FILE } from '#adapters/wiring/store-file.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { Cli, withDirectory } from '../support/cli.ts';
import { setsOf, simulatedVenues } from '../support/venues.ts';

const ROUNDS = 8;
/** What a run tells just before it is killed: orders leave, one has filled, a pair came to its next state or to its end. */
const MOMENTS = ['decision', 'fill', 'pair', 'trade'] as const;

function runArguments({ urls }: Simulator, data: string): string[] {
  const sets = [
    ...setsOf(simulatedVenues(urls)),
    'universe.symbols=["BTC/USDT","ETH/USDT","XRP/USDT"]',
    'strategy.cooldownSeconds=0',
    'strategy.minProfitThreshold=0',
    'strategy.maxHoldSeconds=1',
    'paper.latencyMs=150',
  ];
  return ['run', '--data', data, '--port', '0', ...sets.flatMap((set) => ['--set', set])];
}

test('kill −9 as orders leave, fill and close: no order is doubled, nothing is lost, nothing stays one-legged', () =>
  withDirectory(async (data) => {
    const simulator = await startSimulator({ coins: ['BTC', 'ETH', 'XRP'], seed: 3, rate: 600 });
    let killedBetweenStates = 0;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const run = new Cli(runArguments(simulator, data));
        await run.event(MOMENTS[round % MOMENTS.length]!);
        const { code } = await run.stop('SIGKILL');
        assert.equal(code, null);
        killedBetweenStates += openStates(data).filter((state) => state !== 'OPEN').length;
      }
      const last = new Cli([...runArguments(simulator, data), '--json']);
      await last.event('started');
      await last.event('trade');
      assert.equal((await last.stop()).code, 0);
    } finally {
      await simulator.close();
    }
    assert.ok(killedBetweenStates > 0, 'some kills met orders under way');
    const database = openExisting(join(data, STORE_FILE));
    try {
      for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
      const history = createHistory(database);
      assert.ok(history.trades().length > 0);
      assert.deepEqual(
        history.openPositions().filter(({ state }) => state !== 'OPEN'),
        [],
      );
    } finally {
      database.close();
    }
  }));

function openStates(data: string): string[] {
  const database = openExisting(join(data, STORE_FILE));
  try {
    return createHistory(database)
      .openPositions()
      .map(({ state }) => state);
  } finally {
    database.close();
  }
}

test('the launcher’s end is the run’s end: nothing is left behind', () =>
  withDirectory(async (data) => {
    const run = new Cli(['run', '--data', data, '--port', '0']);
    await run.event('started');
    await run.stop('SIGKILL');
    // The lock is free at once, and the next run starts.
    const next = new Cli(['run', '--data', data, '--port', '0', '--duration', '1']);
    assert.equal((await next.done).code, 0);
  }));
