import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { Cli, cli, withDirectory } from '../support/cli.ts';

const COMMANDS = readdirSync(new URL('../../cli/commands', import.meta.url)).map((file) => file.replace('.ts', ''));

test('help lists every command, and each has a page of its own', async () => {
  const { stdout, code } = await cli('--help');
  assert.equal(code, 0);
  for (const name of COMMANDS) assert.match(stdout, new RegExp(`^  ${name}\\b`, 'm'));
  for (const name of COMMANDS) {
    const page = await cli(name, '--help');
    assert.equal(page.code, 0);
    assert.match(page.stdout, new RegExp(`Usage: npx twinleg ${name}`));
    assert.match(page.stdout, /--json/);
  }
});

test('wrong usage: exit code 2, the nearest name, one JSON document where asked', async () => {
  const wrong: [string[], RegExp][] = [
    [['stauts'], /status/],
    [['run', '--duraton', '5'], /--duration/],
    [['run', '--duration', 'soon'], /number/],
    [['run', '--speed', '2'], /tape/],
    [['trades', 'extra'], /argument/],
    [['backtest'], /--tape/],
    [['record'], /file/],
    [['config', 'shwo'], /show/],
    [['run', '--wiring', 'cluod'], /cloud/],
    [['cost'], /--symbols/],
    [['cost', '--symbols', '0'], /number/],
    [['cost', '--symbols', '20', '--layout', 'round'], /sharded/],
    [['run', '--set', 'strategy'], /path=value/],
  ];
  for (const [args, says] of wrong) {
    const result = await cli(...args);
    assert.equal(result.code, 2, args.join(' '));
    assert.match(result.stderr, says);
    assert.equal(result.stdout, '');
    assert.doesNotMatch(result.stderr, /\n\s+at /);
    const asJson = await cli(...args, '--json');
    assert.equal(asJson.code, 2);
    assert.equal(typeof asJson.json<{ error: { message: string } }>().error.message, 'string');
  }
});

test('cost prices a deployment, the dearer layout too', async () => {
  const bills = await Promise.all(
    ['sharded', 'per-symbol'].map(async (layout) => {
      const { code, json } = await cli('cost', '--symbols', '30', '--layout', layout, '--json');
      assert.equal(code, 0);
      return json<{ monthlyUsd: number; perTradeUsd: null; layout: string; pricesAsOf: string; lines: object[] }>();
    }),
  );
  assert.deepEqual(
    bills.map(({ layout, perTradeUsd }) => [layout, perTradeUsd]),
    [
      ['sharded', null],
      ['per-symbol', null],
    ],
  );
  assert.ok(bills[0]!.monthlyUsd < bills[1]!.monthlyUsd);
  assert.deepEqual(Object.keys(bills[0]!.lines[0]!), ['item', 'quantity', 'unit', 'priceUsd', 'usd']);
});

test('status has the same fields before anything ran, venues too', () =>
  withDirectory(async (data) => {
    const { json, code } = await cli('status', '--data', join(data, 'none'), '--json');
    assert.equal(code, 0);
    const status = json<{ running: boolean; venues: object }>();
    assert.equal(status.running, false);
    const silent = { connected: false, lastFrameAgeMs: null, reconnects: 0, standbyReady: false };
    assert.deepEqual(status.venues, { binance: silent, upbit: silent });
  }));

test('a recording that is there is refused before anything starts', () =>
  withDirectory(async (directory) => {
    const file = join(directory, 'tape.gz');
    writeFileSync(file, '');
    for (const args of [
      ['record', file],
      ['run', '--record', file],
    ]) {
      const { code, stderr } = await cli(...args, '--data', join(directory, 'data'));
      assert.equal(code, 2);
      assert.match(stderr, /^error: .*tape\.gz is already there[\s\S]*name another file/);
    }
    assert.deepEqual(readdirSync(directory), ['tape.gz']);
  }));

test('configuration: where each value came from, the file’s faults with their lines', () =>
  withDirectory(async (directory) => {
    const file = join(directory, 'my.json');
    writeFileSync(file, '{\n  // how long\n  "strategy": { "cooldownSeconds": 30 }\n}\n');
    const shown = new Cli(['config', 'show', '--config', file, '--set', 'strategy.exitEdge=0', '--json'], {
      env: { TWINLEG__STRATEGY__MIN_PROFIT_THRESHOLD: '0.002' },
    });
    const rows = (await shown.done).json<{ path: string; value: unknown; origin: string }[]>();
    const row = (path: string) => rows.find((each) => each.path === path);
    assert.equal(row('strategy.cooldownSeconds')?.value, 30);
    assert.match(row('strategy.cooldownSeconds')?.origin ?? '', /my\.json/);
    assert.match(row('strategy.minProfitThreshold')?.origin ?? '', /environment/);
    assert.equal(row('strategy.exitEdge')?.origin, '--set');
    writeFileSync(file, '{\n  "strategy": {\n    "cooldownSecond": 30\n  }\n}\n');
    const faulty = await cli('run', '--config', file);
    assert.equal(faulty.code, 2);
    assert.match(faulty.stderr, /cooldownSecond.*cooldownSeconds/);
    const schema = (await cli('config', 'schema')).json<{ properties: object }>();
    assert.ok('strategy' in schema.properties);
  }));

test('a missing tape is named; a bare one is replayed under the given configuration', () =>
  withDirectory(async (directory) => {
    const missing = await cli('backtest', '--tape', join(directory, 'none'));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /no such tape/);
    const tape = join(directory, 'tape');
    writeFileSync(tape, '5 binance {"result":null,"id":1}\nwhat is this\n');
    const unknown = await cli('backtest', '--tape', tape, '--set', 'universe.symbols=["NOPE/USDT"]');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /NOPE\/USDT[\s\S]*--instruments/);
    const result = await cli('backtest', '--tape', tape, '--json');
    assert.equal(result.code, 0);
    const { tape: told } = result.json<{ tape: { frames: number; rejectedFrames: number } }>();
    assert.deepEqual([told.frames, told.rejectedFrames], [1, 1]);
    assert.match(result.stderr, /line 2 is rejected/);
  }));

test('what a newcomer gets wrong is told with its remedy, and nothing is left behind', () =>
  withDirectory(async (directory) => {
    const alone = await cli();
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /Usage: npx twinleg[\s\S]*\n {2}run /);
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const taken = await cli('run', '--data', join(file, 'data'));
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /data directory .* cannot be made[\s\S]*--data DIR/);
    const tape = await cli('run', '--venues', 'tape:nope', '--data', join(directory, 'data'));
    assert.equal(tape.code, 1);
    assert.match(tape.stderr, /no such tape: nope/);
    assert.ok(!existsSync(join(directory, 'data')));
  }));

test('under an older Node the launcher finds the one that came with the packages', async (t) => {
  const older = olderNode();
  if (older === undefined) return t.skip('there is no Node below 24 on the path');
  const { stdout, code } = await new Cli(['--version'], { node: older }).done;
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+$/m);
  return withDirectory(async (data) => {
    const run = new Cli(['run', '--data', data, '--port', '0'], { node: older });
    await run.event('started');
    const { pid } = (await cli('status', '--data', data, '--json')).json<{ pid: number }>();
    assert.notEqual(pid, run.child.pid);
    await run.stop('SIGKILL');
    // The launcher was killed without a chance to say so: the run ends all the same.
    const next = new Cli(['run', '--data', data, '--port', '0', '--duration', '1'], { node: older });
    assert.equal((await next.done).code, 0);
  });
});

function olderNode(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'node');
    try {
      const version = execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      if (Number(/^v(\d+)/.exec(version)?.[1]) < 24) return file;
    } catch {
      // Not there.
    }
  }
  return undefined;
}
