import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { RunView } from '#adapters/wiring/run-view.ts';
import { decimal, sum } from '#core/market/money.ts';
import type { Trade } from '#core/portfolio/trade.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { until } from '../support/until.ts';

test('a newcomer’s first minute: quotes, the first closed position within 30 s, and every command on it', () =>
  withDirectory(async (data) => {
    const run = new Cli(['run', '--data', data, '--port', '0', '--json']);
    const started = await run.event('started');
    await run.event('trade', undefined, 30_000);

    const read = async () => (await cli('status', '--data', data, '--json')).json<RunView>();
    // Published once a second.
    await until('the status tells of it', async () => (await read()).trades >= 1);
    const status = await read();
    assert.equal(status.running, true);
    assert.equal(status.mode, 'paper');
    assert.equal(status.tradingState, 'ACTIVE');
    assert.equal(status.symbols, 10);
    assert.ok(status.venues.binance.connected && status.venues.upbit.connected);

    const trades = (await cli('trades', '--data', data, '--json')).json<Trade[]>();
    for (const trade of trades) {
      const flows = trade.fills.map((fill) => decimal(fill.amountUsdt).minus(fill.feeUsdt));
      assert.ok(Math.abs(sum(flows).toNumber() - trade.pnlUsdt) < 1e-12);
      assert.ok(trade.closedAtMs > (trade.openedAtMs ?? 0) && (trade.openedAtMs ?? 0) >= trade.decidedAtMs);
    }
    const symbol = trades[0]!.symbol;
    const why = (await cli('why', symbol, '--data', data, '--json')).json<{ decision: string; guards: unknown[] }[]>();
    const told = new Set(why.map(({ decision }) => decision));
    for (const decision of ['STANDING', 'ENTER', 'EXIT']) assert.ok(told.has(decision), decision);
    assert.ok(why.every(({ guards, decision }) => decision !== 'ENTER' || guards.length >= 9));
    const kpi = (await cli('kpi', '--data', data, '--json')).json<{ total: { trades: number } }>();
    assert.ok(kpi.total.trades >= trades.length);
    const balances = (await cli('balances', '--data', data, '--json')).json<{ runwayEntries: number }[]>();
    assert.equal(balances.length, 22);
    assert.ok(balances.every(({ runwayEntries }) => runwayEntries > 5));
    await checkHttp(String(started.url), trades.length);

    const ended = await run.stop();
    assert.equal(ended.code, 0);
    const summary = ended.json<{ trades: number; pnlUsdt: number; ticks: number }>();
    assert.ok(summary.trades >= trades.length && summary.ticks > 1000);
    const after = (await cli('status', '--data', data, '--json')).json<RunView>();
    assert.equal(after.running, false);
    assert.equal(after.trades, summary.trades);
    assert.equal((await cli('doctor', '--store', '--data', data)).code, 0);
  }));

async function checkHttp(url: string, trades: number): Promise<void> {
  const ready = await fetch(`${url}/ready`);
  assert.equal(ready.status, 200);
  const health = (await (await fetch(`${url}/health`)).json()) as {
    ok: boolean;
    parts: Record<string, { sinceMs: number }>;
  };
  assert.equal(health.ok, true);
  assert.deepEqual(Object.keys(health.parts).sort(), ['binance', 'engine', 'store', 'upbit']);
  const page = await (await fetch(`${url}/metrics`)).text();
  const value = (series: string) =>
    Number(
      page
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    );
  const closed = page.split('\n').filter((line) => line.startsWith('twinleg_trades_total{'));
  assert.ok(closed.reduce((total, line) => total + Number(line.split(' ')[1]), 0) >= trades);
  assert.equal(value('twinleg_conflicts_total{kind="state"}'), 0, 'a counter exists before its first event');
  assert.ok(value('twinleg_ws_frames_total{venue="upbit",kind="fx"}') > 0);
  assert.ok(value('twinleg_loop_latency_seconds_count') > 100);
  assert.equal((await fetch(`${url}/nothing`)).status, 404);
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 405);
}

test('the trading state is obeyed by the running process, and survives its end', () =>
  withDirectory(async (data) => {
    const run = new Cli(['run', '--data', data, '--port', '0', '--seed', '2']);
    await run.event('decision', ({ decision }) => decision === 'ENTER');
    const halted = await cli('halt', '--data', data, '--json');
    assert.equal(halted.json<{ tradingState: string }>().tradingState, 'HALTED');
    await run.event('trading_state', ({ tradingState }) => tradingState === 'HALTED', 2000);
    await until('the board says so', async () => {
      return (await cli('status', '--data', data, '--json')).json<RunView>().tradingState === 'HALTED';
    });
    const flattened = await cli('flatten', '--data', data, '--json');
    assert.equal(flattened.json<{ tradingState: string }>().tradingState, 'REDUCE_ONLY');
    await until('everything is closed', async () => {
      return (await cli('positions', '--data', data, '--json')).json<unknown[]>().length === 0;
    });
    const trades = (await cli('trades', '--data', data, '--json')).json<Trade[]>();
    assert.ok(trades.some(({ reason }) => reason === 'FLATTEN'));
    await run.stop();
    const again = new Cli(['run', '--data', data, '--port', '0', '--duration', '4', '--json']);
    const { decisions } = (await again.done).json<{ decisions: number }>();
    assert.equal(decisions, 0);
    assert.equal((await cli('resume', '--data', data)).code, 0);
  }));

test('Ctrl-C reaches the simulator too: it stays until the pair between states has come to rest', () =>
  withDirectory(async (data) => {
    const slow = ['--set', 'paper.latencyMs=2000'];
    const run = new Cli(['run', '--data', data, '--port', '0', ...slow], { ownGroup: true });
    await run.event('pair', ({ state }) => state === 'LEGS_SENT');
    process.kill(-run.child.pid!, 'SIGINT');
    assert.equal((await run.done).code, 0);
    const events = run.log.map(({ event }) => event);
    assert.ok(events.lastIndexOf('fill') > events.indexOf('stopping'), 'its orders were answered after the signal');
    for (const unwanted of ['feed_disconnected', 'unsettled']) assert.ok(!events.includes(unwanted), unwanted);
  }));

test('what cannot start says why and what to do, and leaves no trace of a stack', () =>
  withDirectory(async (data) => {
    const run = new Cli(['run', '--data', data, '--port', '0']);
    const { url } = await run.event('started');
    const refusals: [args: string[], code: number, says: RegExp][] = [
      [['run', '--data', data, '--port', '0'], 1, /another run is using[\s\S]*--data/],
      [['run', '--data', join(data, 'b'), '--port', new URL(String(url)).port], 1, /in use[\s\S]*--port/],
      [['run', '--data', join(data, 'c'), '--venues', 'tape:/nowhere'], 1, /no such tape/],
      [['run', '--data', join(data, 'd'), '--config', '/nowhere.json'], 2, /nowhere\.json/],
      [
        ['run', '--data', join(data, 'd'), '--set', 'strategy.cooldwn=5', '--set', 'mode=x'],
        2,
        /2 faults[\s\S]*cooldownSeconds/,
      ],
      [['run', '--data', join(data, 'd'), '--set', 'universe.symbols=["NOPE"]'], 2, /symbols/],
      [['run', '--set', 'mode=live', '--set', 'live.confirm=me', '--no-guards'], 2, /live/],
    ];
    for (const [args, code, says] of refusals) {
      const result = await cli(...args);
      assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
      assert.match(result.stderr, says);
      assert.doesNotMatch(result.stderr, /\n\s+at /);
    }
    await run.stop();
    const foreign = await cli('run', '--data', data, '--venues', 'real', '--port', '0');
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /source simulator, not to mode paper, source real[\s\S]*--data/);
  }));

test('a store that is corrupt, newer or no store is named, with its remedy', () =>
  withDirectory(async (data) => {
    const file = join(data, 'twinleg.sqlite');
    assert.match((await cli('trades', '--data', data)).stderr, /no store at[\s\S]*start a run/);
    writeFileSync(file, 'this is not a database, it is a text that is longer than one header of a database file is');
    const corrupt = await cli('run', '--data', data, '--port', '0');
    assert.equal(corrupt.code, 1);
    assert.match(corrupt.stderr, /damaged|not a database/);
    assert.equal((await cli('doctor', '--store', '--data', data)).code, 3);
    writeFileSync(file, '');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 999');
    db.close();
    const newer = await cli('run', '--data', data, '--port', '0');
    assert.equal(newer.code, 1);
    assert.match(newer.stderr, /schema version 999[\s\S]*update Twinleg/);
  }));

test('no venue within reach: the run waits, says so, and stops cleanly', () =>
  withDirectory(async (data) => {
    // A port that refuses: taken once and given back.
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const there = (name: string) => [
      '--set',
      `venues.${name}.wsUrl=ws://127.0.0.1:${port}`,
      '--set',
      `venues.${name}.restUrl=http://127.0.0.1:${port}`,
    ];
    const run = new Cli([
      'run',
      '--data',
      data,
      '--port',
      '0',
      '--venues',
      'real',
      '--json',
      ...there('binance'),
      ...there('upbit'),
    ]);
    const { url } = await run.event('started');
    await run.event('feed_dialFailed', ({ venue }) => venue === 'binance');
    await run.event('feed_dialFailed', ({ venue }) => venue === 'upbit');
    assert.ok(run.log.some(({ event, message }) => event === 'instruments' && /built-in table/.test(String(message))));
    assert.equal((await fetch(`${url}/ready`)).status, 503);
    assert.equal((await fetch(`${url}/health`)).status, 503);
    const ended = await run.stop();
    assert.equal(ended.code, 0);
    assert.equal(ended.json<{ trades: number }>().trades, 0);
  }));

test('a secret of the environment never reaches the log', () =>
  withDirectory(async (data) => {
    const run = new Cli(
      ['run', '--data', data, '--port', '0', '--duration', '1', '--set', 'venues.source=tape:/s3cr3t-t0ken'],
      {
        env: { TELEGRAM_BOT_TOKEN: 's3cr3t-t0ken' },
      },
    );
    const { stderr, stdout } = await run.done;
    assert.match(stderr, /\*\*\*/);
    assert.doesNotMatch(stderr + stdout, /s3cr3t-t0ken/);
  }));
