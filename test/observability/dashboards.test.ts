import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { listenHttp, metricsAnswer } from '#adapters/http/server.ts';
import { FunctionTelemetry } from '#adapters/wiring/function-telemetry.ts';
import { MessengerTelemetry } from '#adapters/wiring/messenger-telemetry.ts';
import { CORE_KPIS } from '#core/metrics/kpis.ts';
import { DASHBOARDS, dashboardFiles } from '../../dashboards/index.ts';
import { type PanelSpec, scoped } from '../../dashboards/spec.ts';
import { missingPrograms } from '../../infra/observability/binaries.ts';
import { freePort } from '../../infra/observability/server.ts';
import { startStack } from '../../infra/observability/stack.ts';
import { startSimulator } from '../../simulator/server.ts';
import { configOf } from '../support/backtest.ts';
import { Cli, withDirectory } from '../support/cli.ts';
import { startGateway, TestCloud } from '../support/gateway.ts';
import { PromApi } from '../support/observability/prometheus.ts';
import { until } from '../support/until.ts';

const skip = missingPrograms('prometheus', 'alertmanager') ?? false;
const PANELS = DASHBOARDS.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels));

/** As many scrapes as Grafana takes for $__rate_interval: four, one a second. */
const RATE_INTERVAL = '5s';

test('every query of every panel answers from a real Prometheus that scrapes a real run', { skip }, async (t) => {
  await withDirectory(async (directory) => {
    const cloud = await startCloud();
    const run = new Cli([
      ...['run', '--data', join(directory, 'run'), '--port', '0', '--seed', '7', '--duration', '150', '--json'],
      ...['--set', 'strategy.cooldownSeconds=0', '--set', 'snapshot.everySeconds=5'],
    ]);
    const { url } = await run.event('started');
    const wirings = { 'one process': [new URL(String(url)).host], cloud: cloud.hosts };
    const ports = { prometheus: await freePort(), alertmanager: await freePort(), grafana: await freePort() };
    const stack = await startStack({
      directory: join(directory, 'stack'),
      targets: Object.values(wirings).flat(),
      scrapeEvery: '1s',
      webhookUrl: `${url}/alertmanager`,
      webhookSecret: 'secret',
      deadManUrl: null,
      telegram: null,
      ports,
    });
    const api = new PromApi(stack.prometheus.url);
    try {
      await until(
        'a position has closed',
        async () => ((await api.value('sum(twinleg_trades_total)')) ?? 0) > 0,
        60_000,
      );
      await until(
        'a snapshot was saved',
        async () => ((await api.value('sum(twinleg_snapshot_save_total)')) ?? 0) > 0,
        30_000,
      );
      assert.equal(await chosen(api, 'job'), 'twinleg');
      const all = Object.values(wirings).flat().sort();
      assert.equal(await chosen(api, 'instance'), all.map(escaped).join('|'));
      for (const [wiring, hosts] of Object.entries(wirings)) {
        const choice = { job: 'twinleg', instance: hosts.map(escaped).join('|') };
        const empty = async (panels: readonly PanelSpec[]) => {
          const found: string[] = [];
          for (const { title, queries } of panels) {
            for (const { expr, legend } of queries) {
              const query = resolved(expr, choice);
              if ((await api.range(query, 30)).length === 0) found.push(`${title}: ${legend}`);
            }
          }
          return found;
        };
        const [excused, plain] = [true, false].map((is) =>
          PANELS.filter((one) => (one.empty?.wiring === wiring) === is),
        );
        await until('what can be shown is shown', async () => (await empty(plain!)).length === 0, 30_000).catch(
          () => {},
        );
        assert.deepEqual(await empty(plain!), [], wiring);
        assert.equal((await empty(excused!)).length, excused!.flatMap(({ queries }) => queries).length, wiring);
        assert.ok(plain!.length / PANELS.length >= 0.9, `${plain!.length} of ${PANELS.length} panels in ${wiring}`);
        t.diagnostic(`${plain!.length} of ${PANELS.length} panels return data in ${wiring}`);
      }
      for (const { record } of CORE_KPIS)
        assert.ok((await api.range(`twinleg:${record}`, 30)).length > 0, `${record} is recorded`);
    } finally {
      await stack.stop();
      await run.stop();
      await cloud.close();
    }
  });
});

/** A point is any character to Prometheus, and its backslash one of a text. */
function escaped(host: string): string {
  return host.replaceAll('.', '\\\\.');
}

/** What Grafana puts in for a variable of which all is chosen: the query of the variable itself has to answer. */
async function chosen(api: PromApi, name: string): Promise<string> {
  const [text = ''] = Object.values(dashboardFiles());
  const variable = JSON.parse(text).templating.list.find((one: { name: string }) => one.name === name);
  const [, match, label] = /^label_values\((.+), (\w+)\)$/.exec(variable.query.query) ?? [];
  const values = await api.labelValues(label!, match!.replace('$job', '.*'));
  assert.ok(values.length > 0, `${name} has values`);
  return values.toSorted().map(escaped).join('|');
}

function resolved(expr: string, { job, instance }: { job: string; instance: string }): string {
  return scoped(expr)
    .replaceAll('$job', job)
    .replaceAll('$instance', instance)
    .replaceAll('$__rate_interval', RATE_INTERVAL);
}

/** A gateway as it is, and what functions of both kinds give before anything has happened. */
async function startCloud() {
  const simulator = await startSimulator({ coins: ['BTC', 'ETH'], rate: 60 });
  const config = configOf({ universe: { symbols: ['BTC/USDT', 'ETH/USDT'] }, server: { port: 0 } });
  const cloud = new TestCloud(config);
  await cloud.store.seedBalances([
    { venue: 'binance', asset: 'USDT', quantity: '5000', valueUsdt: '5000' },
    { venue: 'upbit', asset: 'BTC', quantity: '0.1', valueUsdt: '6000' },
  ]);
  const { gateway } = await startGateway(cloud, config, simulator.urls);
  const functions = await Promise.all(
    [new FunctionTelemetry(Date.now), new MessengerTelemetry()].map(({ reading }) =>
      listenHttp('127.0.0.1', 0, {
        '/metrics': () => metricsAnswer(reading),
      }),
    ),
  );
  return {
    hosts: [gateway, ...functions].map(({ url }) => new URL(url).host),
    async close() {
      await gateway.stop();
      cloud.close();
      await Promise.all([simulator.close(), ...functions.map((each) => each.close())]);
    },
  };
}
