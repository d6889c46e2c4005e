import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveCrashPoints } from '../support/proofs/crash-points.ts';
import { proveKills } from '../support/proofs/kills.ts';

test('killed with −9 around every persisted step and after executions: no order twice, nothing lost, ledger sums up', () => {
  const { kills, trades } = proveKills(9);
  assert.ok(kills >= 18, `killed ${kills} times`);
  assert.ok(trades > 5, `${trades} trades`);
});

test('a store that dies before or after commits, again and again: clean each time, no order twice', () => {
  assert.equal(proveCrashPoints(120, 3).points, 120);
});
