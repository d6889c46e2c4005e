import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { listenHttp } from '#adapters/http/server.ts';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { CORE_KPIS } from '#core/metrics/kpis.ts';
import { DASHBOARDS, dashboardFiles } from '../../dashboards/index.ts';
import { CLOUD_ONLY, type PanelSpec, scoped } from '../../dashboards/spec.ts';
import { missingPrograms } from '../../infra/observability/binaries.ts';
import { freePort } from '../../infra/observability/server.ts';
import { startStack } from '../../infra/observability/stack.ts';
import { Cli, withDirectory } from '../support/cli.ts';
import { PromApi } from '../support/observability/prometheus.ts';
import { until } from '../support/until.ts';

const skip = missingPrograms('prometheus', 'alertmanager') ?? false;
const PANELS = DASHBOARDS.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels));

/** As many scrapes as Grafana takes for $__rate_interval: four, one a second. */
const RATE_INTERVAL = '5s';

test('every query of every panel answers from a real Prometheus that scrapes a real run', { skip }, async (t) => {
  await withDirectory(async (directory) => {
    const run = new Cli([
      ...['run', '--data', join(directory, 'run'), '--port', '0', '--seed', '7', '--duration', '150', '--json'],
      ...['--set', 'strategy.cooldownSeconds=0', '--set', 'snapshot.everySeconds=5'],
    ]);
    const { url } = await run.event('started');
    const cloud = await freePort();
    const ports = { prometheus: await freePort(), alertmanager: await freePort(), grafana: await freePort() };
    const stack = await startStack({
      directory: join(directory, 'stack'),
      targets: [new URL(String(url)).host, `127.0.0.1:${cloud}`],
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
      const choice = { job: await chosen(api, 'job'), instance: await chosen(api, 'instance') };
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
      const plain = PANELS.filter(({ emptyUntil }) => emptyUntil === undefined);
      await until('what a run can show is shown', async () => (await empty(plain)).length === 0, 30_000).catch(
        () => {},
      );
      assert.deepEqual(await empty(plain), []);
      assert.ok(plain.length / PANELS.length >= 0.9, `${plain.length} of ${PANELS.length} panels`);
      t.diagnostic(`${plain.length} of ${PANELS.length} panels return data in a one-process run`);

      for (const { record } of CORE_KPIS)
        assert.ok((await api.range(`twinleg:${record}`, 30)).length > 0, `${record} is recorded`);

      const others = PANELS.filter(({ emptyUntil }) => emptyUntil !== undefined);
      assert.ok(others.every(({ emptyUntil }) => emptyUntil === CLOUD_ONLY));
      assert.equal((await empty(others)).length, others.flatMap(({ queries }) => queries).length);
      const parts = await serveCloud(cloud);
      choice.instance = '.*';
      try {
        await until('the cloud’s panels are filled', async () => (await empty(others)).length === 0, 30_000);
      } finally {
        await parts.close();
      }
    } finally {
      await stack.stop();
      await run.stop();
    }
  });
});

/** What Grafana puts in for a variable of which all is chosen: the query of the variable itself has to answer. */
async function chosen(api: PromApi, name: string): Promise<string> {
  const [text = ''] = Object.values(dashboardFiles());
  const variable = JSON.parse(text).templating.list.find((one: { name: string }) => one.name === name);
  const [, match, label] = /^label_values\((.+), (\w+)\)$/.exec(variable.query.query) ?? [];
  const values = await api.labelValues(label!, match!.replace('$job', '.*'));
  assert.ok(values.length > 0, `${name} has values`);
  return values.map((value) => value.replaceAll('.', '\\\\.')).join('|');
}

function resolved(expr: string, { job, instance }: { job: string; instance: string }): string {
  return scoped(expr)
    .replaceAll('$job', job)
    .replaceAll('$instance', instance)
    .replaceAll('$__rate_interval', RATE_INTERVAL);
}

/** A gateway and its functions, as far as their series go. */
async function serveCloud(port: number) {
  const gateway = createMetrics('gateway', () => gateway.ticksSent.inc());
  const functions = createMetrics('function', () => functions.invocations.inc({ function: 'evaluate', result: 'ok' }));
  return listenHttp('127.0.0.1', port, {
    '/metrics': async () => ({
      status: 200,
      contentType: gateway.reading.contentType,
      body: distinct(`${await gateway.reading.page()}${await functions.reading.page()}`),
    }),
  });
}

/** Each series once: both processes give some alike. */
function distinct(page: string): string {
  const seen = new Set<string>();
  return page
    .split('\n')
    .filter((line) => {
      const key = line.startsWith('#') ? line : line.slice(0, line.lastIndexOf(' '));
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .concat('')
    .join('\n');
}
