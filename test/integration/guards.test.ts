import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BacktestResult } from '#adapters/wiring/backtest.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import type { Trade } from '#core/portfolio/trade.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { setsOf, simulatedVenues } from '../support/venues.ts';

/** A book that stands still for three seconds is frozen. */
const FROZEN_MS = 4000;
const COINS = ['BTC', 'ETH', 'XRP', 'SOL', 'LINK'];

function runOptions({ urls }: Simulator, data: string, tape: string): string[] {
  const sets = [
    ...setsOf(simulatedVenues(urls)),
    `universe.symbols=${JSON.stringify(COINS.map((coin) => `${coin}/USDT`))}`,
    'strategy.cooldownSeconds=0',
    'strategy.minProfitThreshold=0.0003',
    'strategy.maxHoldSeconds=1',
    'guards.dailyLoss.maxUsdt=null',
    'guards.drawdown.maxUsdt=null',
    'guards.symbolDailyLoss.maxUsdt=null',
    'guards.consecutiveLosses.max=null',
    'guards.venueDown.afterMs=2500',
  ];
  return ['run', '--data', data, '--port', '0', '--json', '--record', tape, ...sets.flatMap((set) => ['--set', set])];
}

async function why(symbol: string, data: string): Promise<DecisionRecord[]> {
  return (await cli('why', symbol, '--last', '100000', '--data', data, '--json')).json();
}

const entriesOf = (records: readonly DecisionRecord[]) => records.filter(({ decision }) => decision === 'ENTER');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a bad rate, a halved coin, a frozen book under load and a silent venue: no entry follows, and a replay agrees', () =>
  withDirectory(async (data) => {
    const simulator = await startSimulator({ coins: COINS, seed: 11, rate: 600 });
    try {
      const tape = join(data, 'tape');
      const run = new Cli(runOptions(simulator, data, tape));
      await run.event('trade');

      simulator.fault({ kind: 'badFx' });
      await run.event('refused', ({ code }) => code === 'FX_INSANE');

      const halvedAtMs = Date.now() + 50;
      simulator.fault({ kind: 'halve', venue: 'upbit', symbol: 'ETH' });
      await run.event('refused', ({ code, symbol }) => code === 'SPREAD_INSANE' && symbol === 'ETH/USDT');

      simulator.fault({ kind: 'frozenBook', venue: 'upbit', symbol: 'SOL', durationMs: 60_000 });
      await pause(FROZEN_MS);
      const frozenAtMs = Date.now();
      // The other venue moves away from the book that stands still: without the guard this is worth an entry.
      simulator.fault({ kind: 'halve', venue: 'binance', symbol: 'SOL', factor: 0.985 });
      await run.event('refused', ({ code, symbol }) => code === 'BOOK_FROZEN' && symbol === 'SOL/USDT');
      await pause(2000);
      const movesAtMs = Date.now();
      simulator.fault({ kind: 'halve', venue: 'binance', symbol: 'SOL', factor: 1 });

      simulator.fault({ kind: 'refuseDials', venue: 'upbit', durationMs: 6000 });
      simulator.fault({ kind: 'drop', venue: 'upbit' });
      const held = await run.event('trading_state', ({ setBy }) => setBy === 'VENUE_DOWN');
      assert.equal(held.tradingState, 'REDUCE_ONLY');
      const resumed = await cli('resume', '--data', data);
      assert.equal(resumed.code, 3);
      assert.match(resumed.stderr, /VENUE_DOWN still holds/);
      await run.event('trading_state', ({ tradingState, setBy }) => tradingState === 'ACTIVE' && setBy === 'operator');
      const { code } = await run.stop();
      assert.equal(code, 0);

      const all = (await Promise.all(COINS.map((coin) => why(coin, data)))).flat();
      for (const { inputs } of entriesOf(all)) assert.ok(Number(inputs.fxBid) > 1300, `an entry at ${inputs.fxBid}`);
      const within = (records: readonly DecisionRecord[], fromMs: number, toMs: number) =>
        entriesOf(records).filter(({ atMs }) => atMs > fromMs && atMs < toMs);
      assert.deepEqual(within(await why('ETH', data), halvedAtMs, Number.POSITIVE_INFINITY), []);
      assert.deepEqual(within(await why('SOL', data), frozenAtMs, movesAtMs), []);

      const alerts = (await cli('alerts', '--data', data, '--json')).json<Alert[]>();
      assert.ok(alerts.some((alert) => alert.code === 'VENUE_DOWN' && alert.severity === 'P1'));
      assert.match(readFileSync(`${tape}.events.jsonl`, 'utf8'), /"kind":"measured"/);
      const live = (await cli('trades', '--data', data, '--json')).json<Trade[]>();
      const replayed = (await cli('backtest', '--tape', tape, '--json')).json<BacktestResult>();
      assert.deepEqual(replayed.trades, live);
      assert.ok((replayed.guardTriggers.VENUE_DOWN ?? 0) >= 1);
      if (process.env.DEBUG_GUARDS) console.log(replayed.guardTriggers, live.length);
    } finally {
      await simulator.close();
    }
  }));
