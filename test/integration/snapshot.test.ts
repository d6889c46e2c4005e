import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { until } from '../support/until.ts';

const RUN = ['--port', '0', '--set', 'strategy.minProfitThreshold=0', '--set', 'strategy.cooldownSeconds=0'];
const SHORT = ['--set', 'snapshot.everySeconds=1', '--set', 'snapshot.keep=2', '--set', 'strategy.maxHoldSeconds=1'];

test('a run saves on schedule and at its end, keeps the newest; another directory is restored from it and goes on', () =>
  withDirectory(async (directory) => {
    const data = join(directory, 'data');
    const run = new Cli(['run', '--data', data, ...RUN, ...SHORT]);
    await run.event('snapshot');
    const byHand = join(directory, 'by-hand');
    const saved = await cli('snapshot', 'save', byHand, '--data', data, '--json');
    assert.equal(saved.code, 0, saved.stderr);
    const told = saved.json<{ file: string; version: number; symbols: number; sha256: string }>();
    assert.match(told.sha256, /^[0-9a-f]{64}$/);
    const full = await cli('snapshot', 'restore', byHand, '--data', data);
    assert.equal(full.code, 1, 'a run uses that directory');
    assert.match((await cli('reset', '--yes', '--data', data)).stderr, /another run/);
    const over = await cli('snapshot', 'save', byHand, '--data', data);
    assert.equal(over.code, 2);
    assert.match(over.stderr, /is there already(?:.|\n)*--force/);
    assert.equal((await cli('snapshot', 'save', byHand, '--force', '--data', data)).code, 0);
    await run.event('trade');
    const { url } = (await cli('status', '--data', data, '--json')).json<{ url: string }>();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /twinleg_snapshot_save_total\{result="ok"\} [1-9]/);
    assert.match(metrics, /twinleg_snapshot_restore_total\{result="ok"\} 0/);
    assert.equal((await run.stop()).code, 0);
    const kept = readdirSync(join(data, 'snapshots')).sort();
    assert.equal(kept.length, 2, kept.join());
    const last = join(data, 'snapshots', kept[1]!);
    assert.equal((await cli('snapshot', 'verify', last)).code, 0);
    const other = join(directory, 'other');
    assert.equal((await cli('snapshot', 'restore', last, '--data', other)).code, 0);
    for (const command of ['trades', 'positions', 'balances', 'kpi', 'alerts']) {
      const told = await Promise.all([data, other].map((each) => cli(command, '--data', each, '--json')));
      // What a position would yield now is known to a run alone.
      const [before, after] = told.map(({ stdout }) => stdout.replaceAll(/"unrealisedPnlUsdt": .*/g, ''));
      assert.equal(after, before, command);
    }
    assert.equal((await cli('snapshot', 'restore', last, '--data', other)).code, 1, 'it is full now');
    const next = new Cli(['run', '--data', other, ...RUN]);
    await next.event('started');
    const address = (await cli('status', '--data', other, '--json')).json<{ url: string }>().url;
    await until('restores are counted', async () => {
      const page = await (await fetch(`${address}/metrics`)).text();
      return /restore_total\{result="ok"\} 1\n/.test(page) && /restore_total\{result="failed"\} 1\n/.test(page);
    });
    assert.equal((await next.stop()).code, 0);
    writeFileSync(byHand, 'what is this');
    const no = await cli('snapshot', 'verify', byHand, '--json');
    assert.equal(no.code, 3);
    assert.equal(no.json<{ ok: boolean }>().ok, false);
    assert.equal((await cli('snapshot', 'restore', byHand, '--data', join(directory, 'new'))).code, 1);
    assert.equal((await cli('snapshot', 'verify', join(directory, 'none'))).code, 1);
    const foreign = ['--set', 'venues.source=real', '--data', join(directory, 'real')];
    assert.equal((await cli('snapshot', 'restore', last, ...foreign)).code, 2);
  }));

test('a snapshot that fails is an alert, and trading goes on', () =>
  withDirectory(async (data) => {
    writeFileSync(join(data, 'snapshots'), 'a file where the directory should be');
    const run = new Cli(['run', '--data', data, ...RUN, ...SHORT]);
    await run.event('alert', ({ code }) => code === 'SNAPSHOT_SAVE_FAILED');
    await run.event('decision');
    assert.equal((await run.stop()).code, 0);
    const alerts = (await cli('alerts', '--data', data, '--json')).json<{ code: string; severity: string }[]>();
    assert.ok(alerts.some(({ code, severity }) => code === 'SNAPSHOT_SAVE_FAILED' && severity === 'P2'));
  }));

test('reset empties a paper store only where it is told to', () =>
  withDirectory(async (data) => {
    assert.equal((await cli('reset', '--yes', '--data', data)).code, 1);
    const run = new Cli(['run', '--data', data, '--port', '0', '--duration', '1']);
    assert.equal((await run.done).code, 0);
    const asked = await cli('reset', '--data', data);
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /--yes/);
    const done = await cli('reset', '--yes', '--data', data, '--json');
    assert.equal(done.code, 0);
    assert.ok(done.json<{ removed: string[] }>().removed.some((file) => file.endsWith('twinleg.sqlite')));
    assert.equal((await cli('positions', '--data', data)).code, 1);
  }));

/** A command on a terminal of its own, into which an answer is typed. */
async function onTerminal(answer: string, ...args: string[]): Promise<string> {
  const launcher = new URL('../../bin/twinleg.js', import.meta.url).pathname;
  const command = [process.execPath, launcher, ...args].map((part) => `'${part}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    shown += part;
    if (shown.includes('Type yes')) child.stdin.end(`${answer}\n`);
  });
  await text(child.stdout);
  return shown;
}

const hasScript = spawnSync('script', ['--version']).status === 0;

test('on a terminal, reset asks, and takes nothing but yes', { skip: hasScript ? false : 'needs script(1)' }, () =>
  withDirectory(async (data) => {
    const run = new Cli(['run', '--data', data, '--port', '0', '--duration', '1']);
    assert.equal((await run.done).code, 0);
    for (const answer of ['', 'y', 'no', 'yes please']) {
      const shown = await onTerminal(answer, 'reset', '--data', data);
      assert.match(shown, /Remove all of .*paper, simulator; \d+ trades, \d+ open positions\? Type yes/);
      assert.match(shown, /nothing was removed/);
    }
    assert.equal((await cli('positions', '--data', data)).code, 0, 'the store is there');
    assert.match(await onTerminal('YES', 'reset', '--data', data), /removed .*twinleg\.sqlite/);
    assert.equal((await cli('positions', '--data', data)).code, 1);
  }),
);
