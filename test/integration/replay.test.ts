import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { BacktestResult } from '#adapters/wiring/backtest.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { setsOf, simulatedVenues } from '../support/venues.ts';

/** Options under which a run trades often, on venues that stand in for the real ones. */
function runOptions({ urls }: Simulator, data: string, more: readonly string[] = []): string[] {
  const sets = [
    ...setsOf(simulatedVenues(urls)),
    'strategy.cooldownSeconds=1',
    'strategy.minProfitThreshold=0.0005',
    'strategy.maxHoldSeconds=3',
    'paper.latencyMs={"binance":20,"upbit":120}',
    'guards.consecutiveLosses.max=null',
    'guards.symbolDailyLoss.maxUsdt=null',
    'paper.faults.rejectRate=0.1',
    'paper.faults.lostAnswerRate=0.1',
    ...more,
  ];
  return ['run', '--data', data, '--port', '0', '--json', ...sets.flatMap((set) => ['--set', set])];
}

async function read<T>(...args: string[]): Promise<T> {
  return (await cli(...args, '--json')).json<T>();
}

test('live equals replay: two recorded runs, with commands, faults and a stop with open positions', () =>
  withDirectory(async (data) => {
    // So many coins that one of them trades every few seconds.
    const coins = ['BTC', 'ETH', 'XRP', 'SOL', 'BCH', 'LINK', 'AVAX', 'AAVE', 'NEAR', 'TAO'];
    const simulator = await startSimulator({ coins, seed: 5, rate: 1000 });
    try {
      const first = join(data, 'one.gz');
      const one = new Cli([...runOptions(simulator, data), '--record', first]);
      await one.event('trade');
      simulator.fault({ kind: 'malformed', count: 11 });
      await cli('pause', '--data', data);
      await one.event('trading_state', ({ tradingState }) => tradingState === 'REDUCE_ONLY');
      await cli('resume', '--data', data);
      simulator.fault({ kind: 'drop' });
      await one.event('feed_disconnected');
      const tradesSoFar = one.log.filter(({ event }) => event === 'trade').length;
      await until(
        'two more trades',
        () => one.log.filter(({ event }) => event === 'trade').length > tradesSoFar + 1,
        40_000,
      );
      await until(
        'a position is open',
        async () => (await read<PositionView[]>('positions', '--data', data)).some(({ state }) => state === 'OPEN'),
        40_000,
      );
      assert.equal((await one.stop()).code, 0);

      const second = join(data, 'two');
      const two = new Cli([...runOptions(simulator, data), '--record', second]);
      await two.event('trade');
      await cli('flatten', '--data', data);
      await until(
        'all is closed',
        async () => (await read<PositionView[]>('positions', '--data', data)).length === 0,
        20_000,
      );
      assert.equal((await two.stop()).code, 0);

      const live = await read<Trade[]>('trades', '--data', data);
      const result = await read<BacktestResult>('backtest', '--tape', second, first);
      assert.ok(live.length >= 4, `${live.length} trades`);
      assert.deepEqual(result.trades, live);
      assert.equal(result.open.length, 0);
      assert.equal(result.tape.truncated, false);
      assert.ok(result.tape.rejectedFrames >= 10, 'the malformed frames are on the tape, and told');

      // The first alone ends with what it left open; the second alone does not follow from nothing.
      const alone = await read<BacktestResult>('backtest', '--tape', first);
      assert.ok(alone.open.length >= 1);
      assert.deepEqual(alone.trades, live.slice(0, alone.trades.length));
      const lines = gunzipSync(readFileSync(first)).toString().trimEnd().split('\n');
      assert.equal(alone.tape.frames + alone.tape.rejectedFrames, lines.length);
    } finally {
      await simulator.close();
    }
  }));

test('an existing recording is never overwritten', () =>
  withDirectory(async (data) => {
    const tape = join(data, 'tape');
    assert.equal((await cli('run', '--data', data, '--port', '0', '--duration', '1', '--record', tape)).code, 0);
    const before = readFileSync(tape);
    const again = await cli('run', '--data', data, '--port', '0', '--duration', '1', '--record', tape);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /never overwritten/);
    assert.deepEqual(readFileSync(tape), before);
  }));

test('record, then backtest: a tape without trades of its own, with its instruments beside it', () =>
  withDirectory(async (data) => {
    const tape = join(data, 'tape.gz');
    const recorded = await read<{ frames: number; files: string[] }>('record', tape, '--duration', '3');
    assert.ok(recorded.frames > 200);
    assert.deepEqual(recorded.files, [tape]);
    const result = await read<BacktestResult>('backtest', '--tape', tape);
    assert.equal(result.tape.frames, recorded.frames);
    assert.equal(result.tape.rejectedFrames, 0);
  }));

test('a tape is played on real sockets, and the run ends with it', () =>
  withDirectory(async (data) => {
    const tape = join(data, 'tape');
    await cli('record', tape, '--duration', '6');
    const played = new Cli([
      'run',
      '--data',
      join(data, 'b'),
      '--port',
      '0',
      '--venues',
      `tape:${tape}`,
      '--speed',
      '4',
      '--json',
    ]);
    const { code, json } = await played.done;
    assert.equal(code, 0);
    assert.ok(json<{ ticks: number }>().ticks > 300);
  }));
