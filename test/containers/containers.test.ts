import assert from 'node:assert/strict';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../../infra/observability/server.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { EAGER } from '../support/cloud/eager.ts';
import { type Around, openStage, type Stage } from '../support/cloud/stage.ts';
import { LAMBDA_BASE, makeBases, missingForContainers, NODE_BASE } from '../support/containers/bases.ts';
import { Container } from '../support/containers/container.ts';
import { buildImage, type ImageConfig } from '../support/containers/images.ts';
import { type RuntimeApi, startRuntimeApi } from '../support/containers/runtime-api.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';
import { simulatedVenues } from '../support/venues.ts';

const GATEWAY = 'localhost/twinleg-gateway:test';
const FUNCTIONS = 'localhost/twinleg-functions:test';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];
const NAMES = ['evaluate', 'execute', 'housekeep', 'universe'] as const;
const BUNDLE_BYTES = 5e6;
const missing = missingForContainers() ?? missingEmulator('ministack');

describe(`both images${missing === undefined ? '' : ` (${missing})`}`, { skip: missing !== undefined }, () => {
  let gatewayConfig: ImageConfig;
  let functionConfig: ImageConfig;
  let emulator: Emulator;
  let simulator: Simulator;
  let stage: Stage;
  let gateway: Container;
  const apis = new Map<string, RuntimeApi>();
  const functions = new Map<string, Container>();

  before(async () => {
    makeBases();
    gatewayConfig = buildImage('stream-gateway/Dockerfile', GATEWAY, { BUILD_BASE: NODE_BASE, BASE: NODE_BASE });
    functionConfig = buildImage('functions/Dockerfile', FUNCTIONS, { BUILD_BASE: NODE_BASE, BASE: LAMBDA_BASE });
    emulator = await EMULATORS.ministack.start();
    const coins = SYMBOLS.map((symbol) => symbol.split('/')[0]!);
    simulator = await startSimulator({ coins, seed: 5, rate: 200 });
    for (const name of NAMES) apis.set(name, await startRuntimeApi());
    // What the emulator's mappings deliver goes to the containers, not to handlers of this process.
    const around: Around = (who, _work, event) => apis.get(who)!.invoke(event, who) as ReturnType<typeof _work>;
    const settings = {
      ...simulatedVenues(simulator.urls),
      'universe.symbols': SYMBOLS,
      ...EAGER,
    };
    stage = await openStage(emulator, settings, { around });
    for (const name of NAMES) functions.set(name, startFunction(name));
    // It shares this machine's ports; its health check reads the same variable.
    const env = { ...stage.env, TWINLEG__SERVER__PORT: String(await freePort()) };
    gateway = new Container({ tag: GATEWAY, config: gatewayConfig, env });
  });

  after(async () => {
    await gateway?.remove();
    for (const container of functions.values()) await container.remove();
    for (const api of apis.values()) await api.close();
    await stage?.close();
    await simulator?.close();
    await emulator?.stop();
  });

  /** With its variables as Lambda sets them. */
  function startFunction(name: string): Container {
    const env = {
      ...stage.env,
      AWS_LAMBDA_RUNTIME_API: apis.get(name)!.address,
      AWS_LAMBDA_FUNCTION_NAME: `twinleg-${stage.name}-${name}`,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: name,
      AWS_LAMBDA_LOG_STREAM_NAME: name,
      NODE_OPTIONS: '--enable-source-maps',
    };
    return new Container({ tag: FUNCTIONS, config: functionConfig, command: [`functions/${name}.handler`], env });
  }

  test('hold a bundle below 5 MB and nothing of development; neither is root', () => {
    for (const [config, container, folder] of [
      [gatewayConfig, gateway, 'app'],
      [functionConfig, functions.get('evaluate')!, 'var/task'],
    ] as const) {
      const inside = join(container.rootFolder, folder);
      const files = globSync('**/*', { cwd: inside }).filter((file) => statSync(join(inside, file)).isFile());
      const bytes = files
        .filter((file) => !file.endsWith('.map'))
        .reduce((sum, file) => sum + statSync(join(inside, file)).size, 0);
      assert.ok(bytes > 100_000 && bytes < BUNDLE_BYTES, `${folder}: ${bytes} bytes`);
      assert.ok(!existsSync(join(inside, 'node_modules')) && !files.some((file) => file.endsWith('.ts')));
      assert.notEqual(Number(config.User), 0);
    }
    assert.deepEqual(gatewayConfig.Healthcheck?.Test, ['CMD', 'node', 'dist/health.mjs']);
  });

  test('the gateway’s container and the functions’ trade with each other, through the real runtime client', async (t) => {
    const made = (await apis.get('universe')!.invoke({ task: 'universe' }, 'universe')) as { mapped: string[] };
    assert.equal(made.mapped.length, SYMBOLS.length);
    await until('the gateway leads', () => gateway.said('lease_taken'), 30_000).catch((error: unknown) => {
      throw new Error(gateway.lines.slice(-5).join('\n'), { cause: error });
    });
    const evaluate = functions.get('evaluate')!;
    const closed = () => evaluate.lines.filter((line) => /"event":"pair".*"state":"CLOSED"/.test(line)).length;
    await until('three positions are closed', () => closed() >= 3, 90_000).catch((error: unknown) => {
      throw new Error(evaluate.lines.slice(-5).join('\n'), { cause: error });
    });
    const kept = (await apis.get('housekeep')!.invoke({ task: 'housekeep' }, 'housekeep')) as { mismatch: unknown };
    assert.equal(kept.mismatch, null);
    for (const [name, api] of apis) assert.deepEqual(api.initErrors, [], name);
    t.diagnostic(`${closed()} positions closed, ${stage.shim.invocations.evaluate} batches judged`);
  });

  test('a function says what it cannot use, and goes on', async () => {
    const record = { messageId: 'm', body: '{"v":', attributes: {}, eventSourceARN: 'arn:aws:sqs:::q' };
    const counts = await apis.get('evaluate')!.invoke({ Records: [record] }, 'evaluate');
    assert.deepEqual(counts, { not_json: 1 });
    await assert.rejects(apis.get('evaluate')!.invoke({}, 'evaluate'), /functions\/evaluate\.ts/);
    assert.deepEqual(await apis.get('execute')!.invoke({ Records: [] }, 'execute'), { batchItemFailures: [] });
  });

  test('those who speak with the operator answer from the same image', async () => {
    for (const name of ['notify', 'telegram', 'alertmanager']) {
      apis.set(name, await startRuntimeApi());
      functions.set(name, startFunction(name));
    }
    const unsigned = { headers: {}, body: '{}', isBase64Encoded: false };
    assert.equal(typeof (await apis.get('notify')!.invoke({ task: 'notify' }, 'notify')), 'object');
    for (const name of ['telegram', 'alertmanager']) {
      const { statusCode } = (await apis.get(name)!.invoke(unsigned, name)) as { statusCode: number };
      assert.equal(statusCode, 401, name);
    }
  });

  test('the image’s health check passes; the root cannot be written, /tmp can', () => {
    const [, ...check] = gatewayConfig.Healthcheck!.Test;
    assert.deepEqual(gateway.exec(gatewayConfig, ...check), { status: 0, output: '' });
    for (const [container, config] of [
      [gateway, gatewayConfig],
      [functions.get('evaluate')!, functionConfig],
    ] as const) {
      const program = `const { writeFileSync } = require('node:fs');
        writeFileSync('/tmp/there', '');
        try { writeFileSync('here', ''); } catch ({ code }) { console.log(process.getuid(), code); }`;
      assert.deepEqual(container.exec(config, 'node', '-e', program), { status: 0, output: '1000 EROFS' });
    }
  });

  test('the same image is the worker that orders leave from: its health check passes, SIGTERM ends it', async () => {
    const env = {
      ...stage.env,
      TWINLEG__EXECUTION__EXECUTOR: 'host',
      TWINLEG__SERVER__PORT: String(await freePort()),
    };
    const command = ['node', '--enable-source-maps', 'dist/executor.mjs'];
    const worker = new Container({ tag: GATEWAY, config: gatewayConfig, command, env });
    try {
      await until('the worker asks for orders', () => worker.said('executor_started'), 30_000);
      const [, ...check] = gatewayConfig.Healthcheck!.Test;
      assert.deepEqual(worker.exec(gatewayConfig, ...check), { status: 0, output: '' });
      const startedMs = performance.now();
      assert.equal(await worker.stop('TERM'), 0, worker.lines.slice(-3).join('\n'));
      assert.ok(performance.now() - startedMs < 10_000);
    } finally {
      await worker.remove();
    }
  });

  test('SIGTERM ends the gateway cleanly within ten seconds, its lease given back', async (t) => {
    const startedMs = performance.now();
    assert.equal(await gateway.stop('TERM'), 0, gateway.lines.slice(-3).join('\n'));
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < 10_000, `${tookMs} ms`);
    assert.ok(gateway.said('stopped'));
    assert.equal((await stage.parts.store.lease.read())?.released, true);
    t.diagnostic(`stopped after ${Math.round(tookMs)} ms`);
  });
});
