import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import type { SymbolList } from '#core/universe/list.ts';
import { type TestMachine, testMachine } from '../../support/machine.ts';

const BTC = 'BTC/USDT';
const T0 = 1_700_000_000_000;
const deep = 1e4;
const owner = { mode: 'paper', source: 'tape' };
const raw = { universe: { symbols: [BTC] }, paper: { latencyMs: 100 } };

/** Quotes with a wide gap, from a moment on. */
function tempt(t: TestMachine, atMs: number): void {
  t.fx(atMs, 1400, 1400.5);
  t.quote(atMs, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.quote(atMs + 10, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
}

test('a symbol that drains takes no entry, and its open position is closed all the same', () => {
  const database = openDatabase(':memory:', owner, false);
  const listed = testMachine({ raw, database });
  listed.machine.start(T0);
  tempt(listed, T0);
  listed.machine.advanceTo(T0 + 200);
  assert.equal(listed.machine.engine.states[0]?.pair?.state, 'OPEN');
  const list: SymbolList = { symbols: [], draining: [BTC], volumesUsdt: {} };
  const t = testMachine({ raw, database, epoch: 2, list });
  t.machine.start(T0 + 1000);
  tempt(t, T0 + 1000);
  t.quote(T0 + 1100, 'upbit', BTC, [[139_990, deep]], [[140_000, deep]]);
  t.machine.advanceTo(T0 + 1300);
  assert.equal(t.machine.engine.states[0]?.pair, null);
  assert.equal(t.transitions.at(-1)?.pair.reason, 'CONVERGED');
  // Far beyond the cooldown.
  tempt(t, T0 + 200_000);
  assert.equal(t.transitions.at(-1)?.pair.reason, 'CONVERGED', 'no entry after it');
  t.close();
});

test('after a start what was out before is asked for at once', () => {
  const database = openDatabase(':memory:', owner, false);
  const before = testMachine({ raw, database });
  before.machine.start(T0);
  tempt(before, T0);
  assert.equal(before.machine.engine.states[0]?.pair?.pending.length, 2);
  const t = testMachine({ raw, database, epoch: 2 });
  t.machine.start(T0 + 60);
  assert.equal(t.machine.engine.states[0]?.pair, null, 'the venues never saw them, so nothing is open');
  assert.deepEqual(
    t.transitions.map(({ pair }) => pair.pending.length),
    [1, 0],
  );
  t.close();
});
