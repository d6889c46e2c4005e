import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { syntheticTape } from '../reference/synthetic.ts';
import { writeTape } from '../support/backtest.ts';
import { audit } from '../support/market.ts';

const CHILD = new URL('../support/crash.child.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'twinleg-crash-'));
after(() => rmSync(folder, { recursive: true }));

test('killed with −9 around every persisted step and after executions: no order twice, nothing lost, ledger sums up', () => {
  const tape = writeTape(join(folder, 'tape'), syntheticTape(5, { coins: ['BTC', 'ETH', 'LINK'], frames: 9000 }));
  const store = join(folder, 'twinleg.sqlite');
  const sent: string[] = [];
  let line = 0;
  const play = (lines: number, killAt: number, when: string) => {
    const args = [
      '--disable-warning=ExperimentalWarning',
      CHILD,
      store,
      tape,
      `${line}`,
      `${line + lines}`,
      `${killAt}`,
      when,
    ];
    const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
    line += lines;
    sent.push(...child.stdout.split('\n').filter((id) => id !== ''));
    assert.equal(child.stderr, '');
    return child;
  };
  let killed = 0;
  for (let killAt = 1; killAt <= 11; killAt++) {
    for (const when of ['before', 'after', ...(killAt <= 4 ? ['executed'] : [])]) {
      if (play(260, killAt, when).signal === 'SIGKILL') killed++;
    }
  }
  assert.ok(killed >= 20, `killed ${killed} times`);
  assert.equal(play(260, 0, 'after').status, 0, 'at the end every pair rests');
  assert.equal(new Set(sent).size, sent.length, 'no order was sent twice');
  const database = openDatabase(store, { mode: 'paper', source: 'tape' }, false);
  const ended = audit(database, ['BTC/USDT', 'ETH/USDT', 'LINK/USDT']);
  assert.ok(ended.length > 5, `${ended.length} trades`);
  assert.equal(database.db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
  database.close();
});
