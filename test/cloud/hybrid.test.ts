import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { createTable } from '#adapters/store/dynamodb/table.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { Cli, withDirectory } from '../support/cli.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';

const missing = missingEmulator('ministack');
const REGION = 'ap-northeast-2';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

describe(`one process with its state in the table${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  let simulator: Simulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    Object.assign(process.env, emulator.env);
    simulator = await startSimulator({ coins: ['BTC', 'ETH', 'XRP'], seed: 3, rate: 60 });
  });
  after(async () => {
    await simulator.close();
    await emulator.stop();
  });

  let stages = 0;
  async function stage(): Promise<string> {
    const name = `h${process.pid % 10_000}x${stages++}`;
    const client = createDynamoClient({ table: tableOf(name), region: REGION }, 10_000);
    await createTable(client, tableOf(name));
    client.destroy();
    return name;
  }

  const at = (name: string, wiring: string) => ['--wiring', wiring, '--set', `cloud.stage=${name}`];
  function run(name: string, data: string, ...more: string[]): Cli {
    const { urls } = simulator;
    const sets = [
      'venues.source=real',
      `venues.binance.wsUrl=${urls.binance.wsUrl}`,
      `venues.binance.restUrl=${urls.binance.restUrl}`,
      `venues.upbit.wsUrl=${urls.upbit.wsUrl}`,
      `venues.upbit.restUrl=${urls.upbit.restUrl}`,
      `universe.symbols=${JSON.stringify(SYMBOLS)}`,
      'strategy.cooldownSeconds=0',
      'strategy.minProfitThreshold=0',
      'strategy.maxHoldSeconds=1',
      'guards.dailyLoss.maxUsdt=null',
      'guards.drawdown.maxUsdt=null',
      'guards.symbolDailyLoss.maxUsdt=null',
      'guards.consecutiveLosses.max=null',
    ].flatMap((set) => ['--set', set]);
    const all = ['run', '--data', data, '--port', '0', '--json', ...at(name, 'hybrid'), ...sets, ...more];
    return new Cli(all, { env: { ...emulator.env } });
  }
  async function ask<T>(name: string, wiring: string, ...args: string[]): Promise<T> {
    const done = await new Cli([...args, ...at(name, wiring), '--json'], { env: { ...emulator.env } }).done;
    assert.equal(done.code, 0, done.stderr);
    return done.json<T>();
  }
  const trades = (running: Cli, count: number) =>
    until(`${count} closed`, () => running.log.filter(({ event }) => event === 'trade').length >= count, 60_000);

  test('closed trades in the table: every command tells the same, and its recording replays to the digit', () =>
    withDirectory(async (data) => {
      const name = await stage();
      const tape = join(data, 'tape.gz');
      const running = run(name, data, '--record', tape);
      await running.event('started');
      await trades(running, 4);
      const status = await ask<{ running: boolean; source: string }>(name, 'hybrid', 'status');
      assert.deepEqual([status.running, status.source], [true, 'real']);
      const { code, json, stderr } = await running.stop();
      assert.equal(code, 0, stderr);
      const summary = json<{ trades: number; openPositions: number; pnlUsdt: number }>();
      const stored = await ask<Trade[]>(name, 'hybrid', 'trades');
      assert.equal(stored.length, summary.trades);
      for (const command of ['trades', 'positions', 'kpi', 'balances', 'why BTC']) {
        const answers = await Promise.all(
          ['hybrid', 'cloud'].map((wiring) => ask<unknown[]>(name, wiring, ...command.split(' '))),
        );
        assert.deepEqual(answers[0], answers[1], command);
      }
      const positions = await ask<PositionView[]>(name, 'cloud', 'positions');
      assert.equal(positions.length, summary.openPositions);
      const balances = await ask<{ valueUsdt: number | null }[]>(name, 'cloud', 'balances');
      assert.ok(balances.length > 0 && balances.every(({ valueUsdt }) => valueUsdt !== null), 'marks are kept');
      const kpi = await ask<{ total: { trades: number; pnlUsdt: number } }>(name, 'cloud', 'kpi');
      assert.deepEqual([kpi.total.trades, kpi.total.pnlUsdt], [summary.trades, summary.pnlUsdt]);
      const replay = await new Cli(['backtest', '--tape', tape, '--json'], { cwd: data }).done;
      assert.equal(replay.code, 0, replay.stderr);
      assert.deepEqual(replay.json<{ trades: Trade[] }>().trades, stored, 'the same decisions on SQLite');
    }));
});
