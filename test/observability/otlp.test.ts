import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listenHttp, metricsAnswer } from '#adapters/http/server.ts';
import { createOtlpPush } from '#adapters/metrics/otlp.ts';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { metricsOf } from '#core/metrics.ts';
import { withDirectory } from '../support/cli.ts';
import { allSeries, dataOf, named, type Series } from '../support/observability/series.ts';
import { missingVictoria, startVictoria } from '../support/observability/victoria.ts';
import { until } from '../support/until.ts';

const skip = missingVictoria() ?? false;

/** All metrics of a process with something in each kind. */
function filled(cpuPercent: number) {
  const metrics = createMetrics('gateway', () => metrics.cpu.set(cpuPercent));
  metrics.begin(['BTC/USDT', 'ETH/USDT']);
  metrics.trades.inc({ symbol: 'BTC/USDT' }, 3);
  metrics.pnl.set({ symbol: 'BTC/USDT' }, -1.5);
  metrics.winRate.set(0.5);
  metrics.openPositions.set(2);
  for (const side of ['bid', 'ask'] as const) metrics.fxRate.set({ side }, 1350.5);
  for (const seconds of [0.00001, 0.0003, 0.02, 7]) metrics.loopLatency.observe(seconds);
  metrics.netEdge.observe({ symbol: 'ETH/USDT' }, 12);
  return metrics;
}

test('what is scraped and what is pushed are the same series in a real server: names, labels, values', {
  skip,
}, async () => {
  await withDirectory(async (directory) => {
    const { reading } = filled(12.5);
    const page = await listenHttp('127.0.0.1', 0, {
      '/metrics': () => metricsAnswer(reading),
    });
    const scrape = join(directory, 'scrape.yml');
    const target = `{targets: ["${new URL(page.url).host}"], labels: {way: scraped}}`;
    writeFileSync(scrape, `scrape_configs: [{job_name: twinleg, scrape_interval: 1s, static_configs: [${target}]}]\n`);
    const server = await startVictoria(join(directory, 'data'), scrape);
    const failures: Error[] = [];
    const push = createOtlpPush(reading, {
      service: 'twinleg-gateway',
      instanceId: 'one',
      url: `${server.url}/opentelemetry/v1/metrics`,
      everyMs: 30_000,
      waitMs: 30_000,
      counted: () => {},
      failed: (error) => failures.push(error),
    });
    try {
      await push.flush();
      assert.deepEqual(failures, []);
      const ask = <T>(path: string) => dataOf<T>(`${server.url}/api/v1/${path}`);
      const of = (series: readonly Series[], scraped: boolean) =>
        series
          .filter((one) => (one.way === 'scraped') === scraped)
          .map(named)
          .sort();
      let found: Series[] = [];
      await until(
        'both ways have arrived',
        async () => {
          found = await allSeries(server.url);
          const [scraped, pushed] = [of(found, true), of(found, false)];
          return scraped.length > 100 && JSON.stringify(scraped) === JSON.stringify(pushed);
        },
        30_000,
      ).catch(() => {});
      const [scraped, pushed] = [of(found, true), of(found, false)];
      assert.deepEqual(
        pushed.filter((one) => !scraped.includes(one)),
        [],
        'pushed alone',
      );
      assert.deepEqual(
        scraped.filter((one) => !pushed.includes(one)),
        [],
        'scraped alone',
      );
      const names = new Set(found.map(({ __name__ }) => __name__!.replace(/_(bucket|sum|count)$/, '')));
      for (const [, { name, kind, labels }] of metricsOf('gateway')) {
        const isSet = kind !== 'gauge' || Object.keys(labels).length === 0;
        if (isSet) assert.ok(names.has(name) || names.has(name.replace(/_count$/, '')), `${name} arrived`);
      }
      for (const query of ['twinleg_pnl_total{symbol="BTC/USDT"}', 'twinleg_cpu_usage_percent', MEDIAN]) {
        let values: number[] = [];
        await until(`both ways answer ${query}`, async () => {
          const { result } = await ask<{ result: { value: [number, string] }[] }>(
            `query?query=${encodeURIComponent(query)}`,
          );
          values = result.map(({ value }) => Number(value[1]));
          return values.length === 2;
        });
        assert.equal(values[0], values[1], query);
      }
      const origins = new Set(found.map((one) => one.service_name ?? one.job));
      assert.deepEqual(origins, new Set(['twinleg', 'twinleg-gateway']));
    } finally {
      await push.close();
      await server.stop();
      await page.close();
    }
  });
});

/** Of the sums themselves, as one scrape has no rate. */
const MEDIAN = 'histogram_quantile(0.5, sum by (le, way) (twinleg_loop_latency_seconds_bucket))';
