import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import middy from '@middy/core';
import { listenHttp } from '#adapters/http/server.ts';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { FunctionTelemetry } from '#adapters/wiring/function-telemetry.ts';
import { measured } from '#adapters/wiring/measured.ts';
import { metricsOf } from '#core/metrics.ts';
import { withDirectory } from '../support/cli.ts';
import { allSeries, named } from '../support/observability/series.ts';
import { missingVictoria, startVictoria } from '../support/observability/victoria.ts';
import { untilPasses } from '../support/until.ts';

const skip = missingVictoria() ?? false;

test('what a function pushes has the names and labels that a gateway’s page has, in a real server', {
  skip,
}, async (t) => {
  await withDirectory(async (directory) => {
    const gateway = createMetrics('gateway', () => {});
    gateway.begin(['BTC/USDT']);
    const page = await listenHttp('127.0.0.1', 0, {
      '/metrics': async () => ({
        status: 200,
        contentType: gateway.reading.contentType,
        body: await gateway.reading.page(),
      }),
    });
    t.after(() => page.close());
    const scrape = join(directory, 'scrape.yml');
    const target = `{targets: ["${new URL(page.url).host}"]}`;
    writeFileSync(scrape, `scrape_configs: [{job_name: gateway, scrape_interval: 1s, static_configs: [${target}]}]\n`);
    const server = await startVictoria(join(directory, 'data'), scrape);
    const name = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';
    process.env[name] = `${server.url}/opentelemetry/v1/metrics`;
    try {
      const telemetry = new FunctionTelemetry(Date.now);
      const handler = middy()
        .use(measured('evaluate', { telemetry: () => telemetry, env: process.env }))
        .handler(() => 'done');
      assert.equal(await handler({}, {} as never), 'done');
      const shared = metricsOf('function').filter(([, { sources }]) => sources.includes('gateway'));
      assert.ok(shared.length >= 5);
      const of = (series: readonly string[], metric: string) =>
        series.filter((one) => new RegExp(`__name__=${metric}(_bucket|_sum|_count)?(,|$)`).test(one)).sort();
      // The server shows what it took in little by little: asked until all of it is there.
      await untilPasses(async () => {
        const all = await allSeries(server.url);
        const isPushed = (job: string | undefined) => job?.includes('twinleg-evaluate') ?? false;
        const pushed = all.filter(({ job, service_name }) => isPushed(job ?? service_name)).map(named);
        const scraped = all.filter(({ job }) => job === 'gateway').map(named);
        for (const [, { name: metric, kind }] of shared) {
          // A gauge that nothing was ever set to is on no page.
          if (kind !== 'gauge') assert.deepEqual(of(pushed, metric), of(scraped, metric), metric);
        }
        for (const [, { name: metric }] of metricsOf('function'))
          assert.ok(of(pushed, metric).length > 0, `${metric} arrived`);
      });
    } finally {
      delete process.env[name];
      await server.stop();
    }
  });
});
