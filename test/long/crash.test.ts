import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveCrashPoints } from '../support/proofs/crash-points.ts';
import { proveKills } from '../support/proofs/kills.ts';

test('1,000 crash points in process, and 60 real kills', (t) => {
  const crashes = proveCrashPoints(1000, 7);
  assert.equal(crashes.points, 1000);
  t.diagnostic(JSON.stringify(crashes));
  const killed = proveKills(8, 4);
  assert.ok(killed.kills >= 50, `killed ${killed.kills} times`);
  t.diagnostic(JSON.stringify(killed));
});
