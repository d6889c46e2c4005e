import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExecutorHealth } from '#adapters/wiring/executor-health.ts';
import { FunctionTelemetry } from '#adapters/wiring/function-telemetry.ts';

test('a worker is well while each of its pollers was answered lately', async (t) => {
  let nowMs = 0;
  const health = new ExecutorHealth(2, 90_000, () => nowMs);
  const server = await health.listen({ host: '127.0.0.1', port: 0 }, new FunctionTelemetry(() => nowMs).reading);
  t.after(() => server.close());
  const asked = async () => (await fetch(`${server.url}/health`)).status;
  nowMs = 89_000;
  assert.equal(await asked(), 200, 'an empty queue answers late');
  health.answered(0);
  nowMs = 90_000;
  assert.equal(await asked(), 503, 'the other one is stuck');
  health.answered(1);
  assert.equal(await asked(), 200);
});
