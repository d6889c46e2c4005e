import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { syntheticTape } from '../../reference/synthetic.ts';
import { writeTape } from '../backtest.ts';
import { audit } from '../market.ts';

const CHILD = new URL('../crash.child.ts', import.meta.url).pathname;
const LINES = 260;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'LINK/USDT'];

/**
 * Kills a trading process with −9 before and after its n-th commit, for n up to `steps`, and after executions, so many rounds; each
 * next process goes on with the same store. Returns how many kills there were.
 */
export function proveKills(steps: number, rounds = 1): { kills: number; trades: number } {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-kills-'));
  try {
    const frames = LINES * (3 * steps * rounds + 2);
    const tape = writeTape(join(folder, 'tape'), syntheticTape(5, { coins: ['BTC', 'ETH', 'LINK'], frames }));
    const store = join(folder, 'twinleg.sqlite');
    const sent: string[] = [];
    let line = 0;
    const play = (killAt: number, when: string) => {
      const range = [`${line}`, `${line + LINES}`, `${killAt}`, when];
      const args = ['--disable-warning=ExperimentalWarning', CHILD, store, tape, ...range];
      const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
      line += LINES;
      sent.push(...child.stdout.split('\n').filter((id) => id !== ''));
      assert.equal(child.stderr, '');
      return child;
    };
    let kills = 0;
    for (let i = 0; i < steps * rounds; i++) {
      const killAt = 1 + (i % steps);
      for (const when of ['before', 'after', ...(killAt <= steps / 2 ? ['executed'] : [])]) {
        if (play(killAt, when).signal !== 'SIGKILL') continue;
        kills++;
        checkAudit(store);
      }
    }
    assert.equal(play(0, 'after').status, 0, 'at the end every pair rests');
    assert.equal(new Set(sent).size, sent.length, 'no order was sent twice');
    const database = openDatabase(store, { mode: 'paper', source: 'tape' }, false);
    const trades = audit(database, SYMBOLS).length;
    assert.equal(database.db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    database.close();
    return { kills, trades };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkAudit(store: string): void {
  const database = openDatabase(store, { mode: 'paper', source: 'tape' }, false);
  for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
  database.close();
}
