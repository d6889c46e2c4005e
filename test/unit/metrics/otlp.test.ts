import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import middy from '@middy/core';
import { createOtlpPush } from '#adapters/metrics/otlp.ts';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { measured } from '#adapters/wiring/measured.ts';
import { functionPush } from '#adapters/wiring/otlp.ts';

/** A collector that counts what it is sent and answers as told. */
async function collector(status: number) {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      received++;
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    received: () => received,
    close: () => server.close(),
  };
}

const options = { service: 'twinleg-evaluate', instanceId: 'one', waitMs: 5000, counted: () => {} };

test('a function sends at the end of an invocation, yet no sooner than 30 s after the last sending', async () => {
  const { url, received, close } = await collector(200);
  const failures: Error[] = [];
  const { reading } = createMetrics('function', () => {});
  const push = createOtlpPush(reading, { ...options, url, everyMs: 30_000, failed: (error) => failures.push(error) });
  for (let invocation = 0; invocation < 5; invocation++) await push.flush();
  assert.equal(received(), 1);
  await push.close();
  assert.equal(received(), 2, 'the end sends whatever is left');
  assert.deepEqual(failures, []);
  close();
});

test('a collector that refuses is told of and stops nothing', async () => {
  const { url, close } = await collector(400);
  const failures: Error[] = [];
  const { reading } = createMetrics('function', () => {});
  const push = createOtlpPush(reading, { ...options, url, everyMs: 0, failed: (error) => failures.push(error) });
  await push.flush();
  assert.equal(failures.length, 1);
  await push.close();
  close();
});

test('a collector that never answers is not waited for, and each time is counted', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const counted: string[] = [];
  const { reading } = createMetrics('function', () => {});
  const told = { counted: (result: string) => counted.push(result), failed: () => {} };
  const push = createOtlpPush(reading, { ...options, ...told, url, everyMs: 0, waitMs: 5 });
  await push.flush();
  await push.flush();
  assert.deepEqual(counted, ['late', 'late']);
  server.closeAllConnections();
  server.close();
});

test('metrics never fail an invocation: its own result or error stands, and is counted', async () => {
  const invoked: unknown[] = [];
  const telemetry = {
    reading: createMetrics('function', () => assert.fail('unreadable')).reading,
    invoked: (...what: unknown[]) => void invoked.push(what.slice(0, 2)),
    pushed() {},
  };
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const handlerOf = (work: () => unknown, read = () => telemetry) =>
    middy()
      .use(measured('execute', { telemetry: read, env }))
      .handler(work);
  assert.equal(await handlerOf(() => 7)({}, {} as never), 7);
  const fails = () => {
    throw new Error('mine');
  };
  await assert.rejects(async () => await handlerOf(fails)({}, {} as never), /mine/);
  assert.deepEqual(invoked, [
    ['execute', 'ok'],
    ['execute', 'failed'],
  ]);
  const missing = () => {
    throw new Error('no parts');
  };
  assert.equal(await handlerOf(() => 7, missing)({}, {} as never), 7);
});

test('without a collector’s address nothing is sent', async () => {
  const { reading } = createMetrics('function', () => assert.fail('nothing is read'));
  const push = await functionPush({
    reading,
    service: 'twinleg-evaluate',
    env: {},
    waitMs: 1,
    counted: () => assert.fail(),
    failed: () => assert.fail(),
  });
  await push.flush();
  await push.close();
});
