import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { ERROR_CODES } from '#core/metrics/labels.ts';
import { labelSets, type MetricSource, type MetricSpec } from '#core/metrics/spec.ts';
import { boundedLabel, METRICS, metricsOf } from '#core/metrics.ts';
import { metricsPage } from '../../../scripts/metrics-page.ts';

const SPECS = Object.values<MetricSpec>(METRICS);

test('docs/metrics.md lists every metric as the catalogue has it (scripts/write-metrics.ts writes it)', () => {
  assert.equal(readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8'), metricsPage());
});

test('names follow Prometheus’ conventions and are taken once', () => {
  assert.equal(new Set(SPECS.map(({ name }) => name)).size, SPECS.length);
  for (const { name, kind, unit, labels, buckets, help } of SPECS) {
    assert.match(name, /^twinleg_[a-z][a-z_]*[a-z]$/);
    if (kind === 'counter') assert.match(name, /_total$/);
    if (unit === 'seconds' || unit === 'bytes' || unit === 'percent') assert.match(name, new RegExp(`_${unit}$`));
    assert.match(help, /\.$/, `${name} has a sentence`);
    for (const label of Object.keys(labels)) assert.match(label, /^(?!le$|job$|instance$)[a-z]+$/, name);
    if (kind === 'histogram')
      assert.deepEqual(
        buckets,
        buckets?.toSorted((a, b) => a - b),
        name,
      );
  }
});

for (const source of ['run', 'gateway', 'function'] satisfies MetricSource[]) {
  test(`each counter and histogram of a ${source} is on its first page with 0, for every label value`, async () => {
    const metrics = createMetrics(source, () => {});
    metrics.begin(['BTC/USDT']);
    const page = await metrics.reading.page();
    for (const [, spec] of metricsOf(source)) {
      assert.match(page, new RegExp(`^# TYPE ${spec.name} ${spec.kind}$`, 'm'));
      if (spec.kind === 'gauge') continue;
      for (const labels of labelSets(spec, ['BTC/USDT'])) {
        const inner = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
        const series = `${spec.name}${spec.kind === 'histogram' ? '_count' : ''}${inner.length > 0 ? `{${inner}}` : ''} 0`;
        assert.ok(page.split('\n').includes(series), series);
      }
    }
    const foreign = SPECS.filter(({ sources }) => !sources.includes(source));
    for (const { name } of foreign) assert.ok(!page.includes(`${name} `), `${name} is not this process's`);
  });
}

test('what comes from outside never becomes a label’s value', () => {
  assert.equal(boundedLabel('STORE_BUSY', ERROR_CODES), 'STORE_BUSY');
  assert.equal(boundedLabel('"}\n# evil{', ERROR_CODES), 'OTHER');
});
