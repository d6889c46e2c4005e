import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INCIDENTS } from '../../incidents/registry.ts';
import type { Rehearsal } from '../../incidents/types.ts';
import { cli } from '../support/cli.ts';

test('twinleg incident all: every incident raises exactly its alerts and is recovered from', async (t) => {
  const { code, stderr, json } = await cli('incident', 'all', '--at-once', '3', '--json');
  const results = json<Rehearsal[]>();
  const seconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`);
  for (const { name, skipped, seen, alertAfterMs, recoveredAfterMs } of results) {
    const told = `${seen.join(', ')} told after ${seconds(alertAfterMs)}, well after ${seconds(recoveredAfterMs)}`;
    t.diagnostic(`${name}: ${skipped === null ? told : `skipped: ${skipped}`}`);
  }
  assert.deepEqual(
    results.filter(({ ok }) => ok === false).map(({ name, faults }) => ({ name, faults })),
    [],
  );
  assert.equal(code, 0, stderr.slice(-2000));
  assert.equal(results.length, Object.keys(INCIDENTS).length);
  assert.ok(results.filter(({ ok }) => ok).length >= 15, 'at least fifteen were rehearsed');
});
