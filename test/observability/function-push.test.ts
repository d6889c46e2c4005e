import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { listenHttp } from '#adapters/http/server.ts';
import { createMetrics, type MetricsReading } from '#adapters/metrics/prometheus.ts';
import { FunctionTelemetry } from '#adapters/wiring/function-telemetry.ts';
import { measured } from '#adapters/wiring/measured.ts';
import type { MessagingCounts } from '#adapters/wiring/messaging-counts.ts';
import { MessengerTelemetry } from '#adapters/wiring/messenger-telemetry.ts';
import { alertmanagerWebhook } from '#adapters/wiring/webhook-functions.ts';
import type { MetricSource } from '#core/metrics/spec.ts';
import { metricsOf } from '#core/metrics.ts';
import type { Server } from '../../infra/observability/server.ts';
import { withDirectory } from '../support/cli.ts';
import { allSeries, dataOf, named } from '../support/observability/series.ts';
import { missingVictoria, startVictoria } from '../support/observability/victoria.ts';
import { untilPasses } from '../support/until.ts';

const skip = missingVictoria() ?? false;
const ENDPOINT = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';

test(
  'what a function that trades pushes has the names and labels that a gateway’s page has, in a real server',
  {
    skip,
  },
  (t) =>
    withServer(t, 'gateway', async (server) => {
      const telemetry = new FunctionTelemetry(Date.now);
      const handler = middy()
        .use(measured('evaluate', { telemetry: () => telemetry, env: process.env }))
        .handler(() => 'done');
      assert.equal(await handler({}, {} as never), 'done');
      await arrives(server, 'function', 'gateway', 'evaluate');
    }),
);

test(
  'so has what a function pushes that speaks with the operator, as a run’s page; its first event is an increase',
  {
    skip,
  },
  (t) =>
    withServer(t, 'run', async (server) => {
      const telemetry = new MessengerTelemetry();
      const parts = {
        secret: 'shared',
        raise: () => assert.fail('nothing is raised'),
        now: Date.now,
        counted: (result: Parameters<MessagingCounts['webhook']>[0]) => telemetry.messaging.webhook(result),
        log: () => {},
      };
      const handler = middy<APIGatewayProxyEventV2>()
        .use(measured('alertmanager', { telemetry: () => telemetry, env: process.env }))
        .handler((event) => alertmanagerWebhook(event, parts));
      const forged = { headers: { authorization: 'Bearer other' }, body: '{}', isBase64Encoded: false };
      assert.equal((await handler(forged as never, {} as never)).statusCode, 401);
      await arrives(server, 'messenger', 'run', 'alertmanager');
      await untilPasses(async () => {
        const query = encodeURIComponent('twinleg_webhooks_total{result="forged",job!="run"}[5m]');
        const { result } = await dataOf<{ result: { values: [number, string][] }[] }>(
          `${server.url}/api/v1/query?query=${query}`,
        );
        assert.deepEqual(
          result.map(({ values }) => values.map(([, value]) => value)),
          [['0', '1']],
        );
      });
    }),
);

/** A server that scrapes what a process of this kind gives, and takes what functions push. */
async function withServer(t: TestContext, source: MetricSource, work: (server: Server) => Promise<void>) {
  await withDirectory(async (directory) => {
    const scraped = createMetrics(source, () => {});
    scraped.begin(['BTC/USDT']);
    const page = await listenHttp('127.0.0.1', 0, { '/metrics': () => pageOf(scraped.reading) });
    t.after(() => page.close());
    const scrape = join(directory, 'scrape.yml');
    const target = `{targets: ["${new URL(page.url).host}"]}`;
    writeFileSync(
      scrape,
      `scrape_configs: [{job_name: ${source}, scrape_interval: 1s, static_configs: [${target}]}]\n`,
    );
    const server = await startVictoria(join(directory, 'data'), scrape);
    process.env[ENDPOINT] = `${server.url}/opentelemetry/v1/metrics`;
    try {
      await work(server);
    } finally {
      delete process.env[ENDPOINT];
      await server.stop();
    }
  });
}

/** All that functions of a kind push is there, and what they share with the scraped process is named alike. */
async function arrives(server: Server, kind: MetricSource, scraper: MetricSource, name: string): Promise<void> {
  const shared = metricsOf(kind).filter(([, { sources }]) => sources.includes(scraper));
  assert.ok(shared.length >= 4);
  const of = (series: readonly string[], metric: string) =>
    series.filter((one) => new RegExp(`__name__=${metric}(_bucket|_sum|_count)?(,|$)`).test(one)).sort();
  // The server shows what it took in little by little: asked until all of it is there.
  await untilPasses(async () => {
    const all = await allSeries(server.url);
    const isPushed = (job: string | undefined) => job?.includes(`twinleg-${name}`) ?? false;
    const pushed = all.filter(({ job, service_name }) => isPushed(job ?? service_name)).map(named);
    const scraped = all.filter(({ job }) => job === scraper).map(named);
    for (const [, { name: metric, kind: type }] of shared) {
      // A gauge that nothing was ever set to is on no page.
      if (type !== 'gauge') assert.deepEqual(of(pushed, metric), of(scraped, metric), metric);
    }
    for (const [, { name: metric }] of metricsOf(kind)) assert.ok(of(pushed, metric).length > 0, `${metric} arrived`);
  });
}

async function pageOf({ contentType, page }: MetricsReading) {
  return { status: 200, contentType, body: await page() };
}
