import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadVolatilities } from '#adapters/universe/volatility.ts';
import type { BacktestResult } from '#adapters/wiring/backtest.ts';
import type { Trade } from '#core/portfolio/trade.ts';
import { weigh } from '#core/portfolio/weights.ts';
import { plainList } from '#core/universe/list.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { setsOf, simulatedVenues } from '../support/venues.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'LINK/USDT'];

function options({ urls }: Simulator, data: string, weights: string): string[] {
  const sets = [
    ...setsOf(simulatedVenues(urls)),
    `universe.symbols=${JSON.stringify(SYMBOLS)}`,
    `portfolio.weights=${weights}`,
    'strategy.cooldownSeconds=1',
    'strategy.minProfitThreshold=0.0005',
    'strategy.maxHoldSeconds=3',
    'paper.latencyMs=20',
  ];
  return ['run', '--data', data, '--port', '0', '--json', ...sets.flatMap((set) => ['--set', set])];
}

test('the simulator answers klines as Binance does: volatilities of each coin, the same each time', async () => {
  const simulator = await startSimulator({ coins: ['BTC', 'ETH'], seed: 5, rate: 50 });
  try {
    const { restUrl } = simulator.urls.binance;
    const get = async (query: string) => {
      const response = await fetch(`${restUrl}/api/v3/klines?${query}`);
      return { status: response.status, body: (await response.json()) as never };
    };
    const { body } = await get('symbol=BTCUSDT&interval=1h&limit=3');
    const rows: (string | number)[][] = body;
    assert.equal(rows.length, 3);
    for (const row of rows) {
      assert.deepEqual(
        row.map((value) => typeof value),
        ['number', ...Array(5).fill('string'), 'number', 'string', 'number', 'string', 'string', 'string'],
      );
      assert.equal(Number(row[0]) % 3_600_000, 0);
      assert.equal(Number(row[6]), Number(row[0]) + 3_599_999);
      assert.ok(Number(row[3]) <= Number(row[4]) && Number(row[4]) <= Number(row[2]));
    }
    assert.deepEqual(await get('symbol=BTCUSDT&interval=7h'), {
      status: 400,
      body: { code: -1120, msg: 'Invalid interval.' },
    });
    assert.equal((await get('interval=1h')).status, 400);
    assert.equal((await get('symbol=NOTUSDT&interval=1h')).status, 400);
    const warnings: string[] = [];
    const load = () => loadVolatilities(['BTC/USDT', 'ETH/USDT'], restUrl, (message) => warnings.push(message));
    const once = await load();
    for (const value of Object.values(once)) assert.ok(value > 0.001 && value < 0.03, `${value}`);
    assert.notEqual(once['BTC/USDT'], once['ETH/USDT']);
    const again = await load();
    // The hour under way ends at the present price, which moves.
    assert.ok(Math.abs(again['BTC/USDT']! / once['BTC/USDT']! - 1) < 0.01);
    assert.deepEqual(warnings, []);
  } finally {
    await simulator.close();
  }
});

test('a weighted run, recorded, replays to the digit under the weights that it was made with', () =>
  withDirectory(async (data) => {
    const simulator = await startSimulator({ coins: ['BTC', 'ETH', 'XRP', 'LINK'], seed: 5, rate: 300 });
    try {
      const tape = join(data, 'weighted.gz');
      const run = new Cli([...options(simulator, data, 'inverse_volatility'), '--record', tape]);
      const closed = () => new Set(run.log.filter(({ event }) => event === 'trade').map(({ symbol }) => symbol));
      await until('trades of two symbols', () => closed().size >= 2, 60_000);
      assert.equal((await run.stop()).code, 0);
      const live = (await cli('trades', '--data', data, '--json')).json<Trade[]>();
      const { list } = JSON.parse(readFileSync(`${tape}.run.json`, 'utf8'));
      assert.deepEqual(Object.keys(list.volatilities).sort(), SYMBOLS.toSorted());
      const { bySymbol, warnings } = weigh('inverse_volatility', { ...plainList(SYMBOLS), ...list });
      assert.deepEqual(warnings, []);
      assert.ok(Math.abs([...bySymbol.values()].reduce((sum, weight) => sum + weight, 0) / SYMBOLS.length - 1) < 1e-9);
      for (const { symbol, entryNotionalUsdt } of live) {
        const most = 500 * bySymbol.get(symbol)!;
        assert.ok(
          entryNotionalUsdt <= most + 1e-9 && entryNotionalUsdt > most - 25,
          `${symbol}: ${entryNotionalUsdt} of ${most}`,
        );
      }
      const replay = (await cli('backtest', '--tape', tape, '--json')).json<BacktestResult>();
      assert.deepEqual(replay.trades, live);
      const plain = (
        await cli('backtest', '--tape', tape, '--set', 'portfolio.weights=equal', '--json')
      ).json<BacktestResult>();
      assert.notDeepEqual(plain.trades, live, 'other weights are other trades');
    } finally {
      await simulator.close();
    }
  }));
