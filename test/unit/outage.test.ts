import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outage } from '#adapters/store/dynamodb/bridge/outage.ts';

test('after a failure nothing is tried until the table was left alone and somebody heard it since', () => {
  const outage = new Outage();
  assert.ok(outage.isUp);
  outage.failed('STORE_TIMEOUT', 1000);
  assert.equal(outage.isUp, false);
  assert.equal(outage.awayMs(1400), 400);
  outage.heard(900, 2000);
  assert.equal(outage.isUp, false, 'asked before the failure');
  outage.heard(1100, 1200);
  assert.equal(outage.isUp, false, 'too soon');
  outage.heard(1100, 1250);
  assert.ok(outage.isUp);
});

test('with each failure in a row it is left alone for longer, up to four seconds; an answer forgets them', () => {
  const outage = new Outage();
  const restMs = (atMs: number) => {
    for (let afterMs = 0; ; afterMs += 250) {
      outage.heard(atMs + 1, atMs + afterMs);
      if (outage.isUp) return afterMs;
    }
  };
  const rests = [0, 1, 2, 3, 4, 5].map((i) => {
    outage.failed('STORE_BUSY', i * 10_000);
    return restMs(i * 10_000);
  });
  assert.deepEqual(rests, [250, 500, 1000, 2000, 4000, 4000]);
  outage.answered();
  outage.failed('STORE_UNREACHABLE', 90_000);
  assert.equal(restMs(90_000), 250);
});

test('what is no sign of an outage ends nothing', () => {
  const outage = new Outage();
  for (const code of ['STORE_FAILED', 'AWS_ACCESS_DENIED', 'STORE_AWAY']) outage.failed(code, 1000);
  assert.ok(outage.isUp);
});
