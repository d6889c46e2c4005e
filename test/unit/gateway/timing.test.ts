import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FUNCTION_TIMEOUT_MS, INTEREST_TIMING, TICK_RETENTION_MS } from '#core/gateway/timing.ts';

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

test('the filter waits as long as a tick can act: the queues’ retention and the time-out of evaluate', () => {
  const evaluate = /^evaluate:\n(?: {2}.*\n)*? {2}timeout: (\d+)/m.exec(read('infra/cloud/functions.yml'));
  assert.equal(Number(evaluate?.[1]) * 1000, FUNCTION_TIMEOUT_MS);
  const retention = /RETENTION_SECONDS = '(\d+)'/.exec(read('adapters/bus/sqs/queue-control.ts'));
  assert.equal(Number(retention?.[1]) * 1000, TICK_RETENTION_MS);
});

test('how long what was sent may still act, and how often is sent where nothing happens', () => {
  assert.deepEqual(INTEREST_TIMING, {
    clearsAfterMs: TICK_RETENTION_MS + FUNCTION_TIMEOUT_MS,
    // An exit's longest transit, what two clocks may differ by, a function.
    settlesAfterMs: 2000 + 1000 + FUNCTION_TIMEOUT_MS,
    heartbeatMs: 30_000,
    pulseMs: 1000,
  });
});
