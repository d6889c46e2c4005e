import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../infra/observability/server.ts';
import { openStage } from '../support/cloud/stage.ts';
import { EMULATORS, missingEmulator } from '../support/emulators/emulators.ts';
import { GatewayProcess } from '../support/gateway-process.ts';

const FOLDER = new URL('../../stream-gateway/', import.meta.url);
const program = (name: string) => fileURLToPath(new URL(name, FOLDER));
/** What ECS gives a container to end in. */
const DRAIN_MS = 10_000;

test('the worker that orders leave from is well, as its container’s check sees it, until SIGTERM ends it in time', {
  skip: missingEmulator('ministack'),
}, async (t) => {
  const ministack = await EMULATORS.ministack.start();
  const stage = await openStage(ministack, { 'execution.executor': 'host' });
  const env = { ...stage.env, TWINLEG__SERVER__PORT: String(await freePort()) };
  const worker = new GatewayProcess([], env, program('executor.ts'));
  t.after(async () => {
    await worker.stop('SIGKILL');
    await stage.close();
    await ministack.stop();
  });
  const check = async () => {
    const child = spawn(process.execPath, [program('health.ts')], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return (await once(child, 'exit'))[0] as number;
  };
  const { url } = await worker.saying('executor_started');
  assert.equal(await check(), 0);
  const page = await (await fetch(`${url}/metrics`)).text();
  assert.match(page, /^twinleg_order_results_total\{[^}]*\} 0$/m, 'its figures are served too');
  const startedMs = performance.now();
  assert.equal(await worker.stop('SIGTERM'), 0);
  assert.ok(performance.now() - startedMs < DRAIN_MS, 'though a request for orders waits twenty seconds');
  assert.ok(worker.said('executor_stopped'));
  assert.equal(await check(), 1);
});
