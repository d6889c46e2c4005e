import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlCalls } from '#adapters/bus/sqs/control-calls.ts';

const named = (name: string) => Object.assign(new Error(name), { name });

test('control calls keep a distance, also those that begin at once: eight a second by default', async () => {
  for (const [calls, spacingMs] of [
    [new ControlCalls(40), 25],
    [new ControlCalls(), 125],
  ] as const) {
    const startedMs = performance.now();
    const atMs = await Promise.all(Array.from({ length: 4 }, () => calls.call(async () => performance.now())));
    for (const [i, ms] of atMs.entries())
      assert.ok(ms - startedMs >= i * spacingMs - 2, `call ${i}: ${ms - startedMs}`);
    assert.equal(calls.made, 4);
  }
});

test('what was refused for being too much is repeated a few times, anything else is not', async () => {
  const calls = new ControlCalls(1000);
  let asked = 0;
  const throttled = async () => {
    if (asked++ < 2) throw named('TooManyRequestsException');
    return 'done';
  };
  assert.equal(await calls.call(throttled), 'done');
  assert.equal(calls.made, 3);
  await assert.rejects(
    calls.call(() => Promise.reject(named('AccessDenied'))),
    { name: 'AccessDenied' },
  );
  assert.equal(calls.made, 4);
});
