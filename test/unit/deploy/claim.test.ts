import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAbandoned } from '../../../infra/deploy/claim.ts';

const MINUTE_MS = 60_000;
const claim = { what: 'a deployment', host: 'here', pid: 7, sinceMs: 0 };

test('a claim is abandoned when its process here is gone, or after an hour', () => {
  const at = (minutes: number, host: string, alive: boolean) =>
    isAbandoned(claim, host, minutes * MINUTE_MS, (pid) => pid === 7 && alive);
  assert.equal(at(59, 'here', true), false);
  assert.equal(at(1, 'here', false), true, 'killed');
  assert.equal(at(59, 'there', false), false, 'processes of another host are not known here');
  assert.equal(at(61, 'there', false), true);
  assert.equal(at(61, 'here', true), true, 'its number went to another process');
});
