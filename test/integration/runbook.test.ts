import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { commandsIn, readPage } from '../support/documents.ts';

const PAGES = ['docs/RUNBOOK.md', 'docs/TROUBLESHOOTING.md', 'docs/HANDOFF.md'];
/** Runs of their own, ones that ask, and ones that need venues or a deployment. */
const NOT_HERE = new Set(['run', 'record', 'backtest', 'reset', 'dlq', 'universe', 'doctor']);

test('the commands of the runbook do what it says, on a run that trades', async () => {
  const commands = new Map<string, string[]>();
  for (const { name, words } of PAGES.flatMap((page) => commandsIn(readPage(page)))) {
    const isLocal = !words.includes('--wiring');
    const isHere = !NOT_HERE.has(name) || words.includes('--store');
    if (isLocal && isHere) commands.set([name, ...words].join(' '), [name, ...words]);
  }
  assert.ok(commands.size > 15, [...commands.keys()].join('; '));
  await withDirectory(async (directory) => {
    const data = join(directory, 'data');
    const run = new Cli(['run', '--data', data, '--port', '0', '--seed', '4']);
    await run.event('trade');
    const snapshot = join(directory, 'by-hand.gz');
    const saved = await cli('snapshot', 'save', snapshot, '--data', data);
    assert.equal(saved.code, 0, saved.stderr);
    const given: Readonly<Record<string, string>> = { SYMBOL: 'BTC', FILE: snapshot, CODE: 'LOW_ACTIVITY' };
    for (const [text, words] of commands) {
      const restores = text.startsWith('snapshot restore');
      const args = words.map((word) => given[word] ?? word);
      if (text === 'snapshot save FILE') args.push('--force');
      const answer = await cli(...args, '--data', restores ? join(directory, 'restored') : data);
      assert.equal(answer.code, 0, `npx twinleg ${text}: ${answer.stdout}${answer.stderr}`);
    }
    assert.equal((await run.stop()).code, 0);
    const audit = await cli('doctor', '--store', '--data', data);
    assert.equal(audit.code, 0, audit.stdout);
  });
});
