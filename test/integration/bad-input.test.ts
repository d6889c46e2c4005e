import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { syntheticTape } from '../reference/synthetic.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { tradedStore } from '../support/traded-store.ts';

const COINS = ['BTC', 'ETH'];
const UNIVERSE = ['--set', 'universe.symbols=["BTC/USDT","ETH/USDT"]'];
let lines: string[];
before(() => {
  lines = syntheticTape(3, { coins: COINS, frames: 2000 });
});

function play(directory: string, tape: string, ...more: string[]): Promise<Awaited<Cli['done']>> {
  const data = join(directory, 'played');
  return cli(
    'run',
    '--venues',
    `tape:${tape}`,
    '--speed',
    '0',
    '--port',
    '0',
    '--data',
    data,
    '--json',
    ...UNIVERSE,
    ...more,
  );
}

test('a torn tape is played as far as it goes: cut gzip without its name, foreign lines, line ends of Windows', () =>
  withDirectory(async (directory) => {
    const tape = join(directory, 'tape');
    const torn = [...lines.slice(0, 500), 'what is this', '', '5 kraken {}', ...lines.slice(500)];
    const whole = gzipSync(torn.join('\r\n'));
    writeFileSync(tape, whole.subarray(0, Math.floor(whole.length * 0.7)));
    const { code, json, stderr } = await play(directory, tape);
    assert.equal(code, 0, stderr);
    const { ticks } = json<{ ticks: number }>();
    assert.ok(ticks > lines.length / 2 && ticks < lines.length * 2, `${ticks} ticks`);
    assert.match(stderr, /truncated: unexpected end of file; what could be read was played/);
    assert.match(stderr, /[34] lines of the tape are no frames/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }));

test('what is no tape is said before anything starts', () =>
  withDirectory(async (directory) => {
    const folder = join(directory, 'folder');
    mkdirSync(folder);
    const noGzip = join(directory, 'text.gz');
    writeFileSync(noGzip, lines.join('\n'));
    for (const [tape, says] of [
      [folder, /cannot read the tape .*folder: EISDIR \[TAPE_UNREADABLE\]/],
      [noGzip, /named \.gz and is not gzip \[TAPE_UNREADABLE\]\n {2}→ check that it is a tape/],
      [join(directory, 'none'), /no such tape: .*none \[TAPE_MISSING\]/],
    ] as const) {
      const { code, stderr } = await play(directory, tape);
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.ok(!existsSync(join(directory, 'played')), 'no store was made');
      const replayed = await cli('backtest', '--tape', tape);
      assert.equal(replayed.code, 1);
      assert.match(replayed.stderr, says);
    }
  }));

test('a replay tells what it left out, and why, in words and in figures', () =>
  withDirectory(async (directory) => {
    const tape = join(directory, 'tape.gz');
    const earlier = lines.slice(100, 103);
    const messy = [...lines.slice(0, 300), 'nonsense', '7 kraken {}', ...earlier, ...lines.slice(300)];
    const whole = gzipSync(messy.join('\n'));
    writeFileSync(tape, whole.subarray(0, Math.floor(whole.length * 0.8)));
    const { code, stdout, stderr } = await cli('backtest', '--tape', tape, ...UNIVERSE);
    assert.equal(code, 0);
    assert.match(stdout, /frames, [23] rejected, 3 earlier than the line before/);
    assert.match(stderr, /truncated: .*unexpected end of file/);
    const told = (await cli('backtest', '--tape', tape, '--set', 'universe.symbols=["BTC/USDT"]', '--json')).json<{
      tape: { foreignFrames: number; earlierLines: number; truncated: boolean };
    }>().tape;
    assert.equal(told.earlierLines, 3);
    assert.equal(told.truncated, true);
    assert.ok(told.foreignFrames > 100, 'frames of coins outside of the universe are counted');
  }));

test('a store that another program holds is waited for, then named', () =>
  withDirectory(async (data) => {
    const file = join(data, 'twinleg.sqlite');
    tradedStore(file, 300);
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN EXCLUSIVE');
    try {
      for (const command of [['pause'], ['alerts', 'silence', 'FX_STALE', '9'], ['run', '--port', '0']]) {
        const { code, stderr } = await cli(...command, '--data', data);
        assert.equal(code, 1, command[0]);
        assert.match(stderr, /locked by another program \[STORE_BUSY\]\n {2}→ stop the other program and try again\n$/);
      }
      assert.equal((await cli('status', '--data', data)).code, 0, 'what only reads is not held up');
    } finally {
      holder.close();
    }
    assert.equal((await cli('status', '--data', data)).code, 0);
  }));

test('a recording of nothing is a failure that says where the venues were looked for', () =>
  withDirectory(async (directory) => {
    const nowhere = ['binance', 'upbit'].flatMap((venue) => [
      '--set',
      `venues.${venue}.wsUrl=ws://127.0.0.1:2`,
      '--set',
      `venues.${venue}.restUrl=http://127.0.0.1:2`,
    ]);
    const tape = join(directory, 'tape');
    const { code, stderr, stdout } = await cli('record', tape, '--venues', 'real', '--duration', '1', ...nowhere);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /"level":"warn","event":"feed_dialFailed","venue":"upbit"/);
    assert.match(
      stderr,
      /neither venue sent anything; .*tape was not kept \[NOTHING_RECORDED\]\n {2}→ npx twinleg doctor/,
    );
    assert.deepEqual(readdirSync(directory), [], 'the same command can be given again');
  }));

test('a clock that jumps two minutes ahead and three back: told, nothing lost, and the recording replays', () =>
  withDirectory(async (data) => {
    const jump = join(data, 'jump.mjs');
    writeFileSync(
      jump,
      `const wall = Date.now; let aheadMs = 0; Date.now = () => wall() + aheadMs;
      process.on('SIGUSR2', () => { aheadMs = aheadMs === 0 ? 120_000 : -60_000; });`,
    );
    const tape = join(data, 'tape');
    const run = new Cli(
      ['run', '--data', data, '--port', '0', '--record', tape, '--json', '--set', 'strategy.cooldownSeconds=1'],
      { env: { NODE_OPTIONS: `--import=${jump}` } },
    );
    await run.event('decision', ({ decision }) => decision === 'ENTER');
    run.child.kill('SIGUSR2');
    await run.event('clock_jump', ({ jumpMs }) => Number(jumpMs) > 100_000);
    const closedThen = run.log.filter(({ event }) => event === 'trade').length;
    await run.event('trading_state', ({ tradingState }) => tradingState === 'ACTIVE');
    run.child.kill('SIGUSR2');
    const back = await run.event('clock_jump', ({ jumpMs }) => Number(jumpMs) < -150_000);
    assert.match(String(back.message), /goes on as before\. Check the time service/);
    await run.event('trade', () => run.log.filter(({ event }) => event === 'trade').length > closedThen);
    const { code, json } = await run.stop();
    assert.equal(code, 0);
    const live = (await cli('trades', '--data', data, '--json')).json<{ openedAtMs: number; closedAtMs: number }[]>();
    assert.equal(live.length, json<{ trades: number }>().trades);
    assert.ok(live.every(({ openedAtMs, closedAtMs }) => closedAtMs > openedAtMs));
    assert.deepEqual((await cli('backtest', '--tape', tape, '--json')).json<{ trades: unknown }>().trades, live);
    assert.equal((await cli('doctor', '--store', '--data', data)).code, 0);
  }));
