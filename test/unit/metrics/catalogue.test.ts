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

/** Operators and other people's dashboards count on these. */
const PROMISED = [
  ...['trades_total', 'pnl_total', 'win_rate', 'loop_latency_seconds', 'tick_to_commit_seconds', 'ws_latency_seconds'],
  ...['cpu_usage_percent', 'memory_usage_bytes', 'guard_triggers_total', 'open_positions_count', 'errors_total'],
  ...['snapshot_save_total', 'snapshot_restore_total', 'net_edge_bps', 'slippage_usdt', 'naked_notional_usdt'],
  ...['inventory', 'fx_rate', 'fx_deviation_ratio', 'ticks_sent_total', 'ticks_filtered_total', 'conflicts_total'],
  'order_results_total',
];

test('every promised metric is there, in one process and in the cloud but for what a gateway alone has', () => {
  for (const name of PROMISED) {
    const spec = SPECS.find((each) => each.name === `twinleg_${name}`);
    assert.ok(spec, name);
    assert.ok(
      spec.sources.some((source) => source !== 'run'),
      `${name} in the cloud`,
    );
    assert.equal(spec.sources.includes('run'), !name.startsWith('ticks_'), `${name} in one process`);
  }
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

for (const source of ['run', 'gateway', 'function', 'messenger'] satisfies MetricSource[]) {
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

/** What each process of a wiring tells of itself: nothing is counted twice, however many tell it. */
const OF_THE_PROCESS = [
  'twinleg_errors_total',
  'twinleg_loop_latency_seconds',
  'twinleg_metrics_pushes_total',
  'twinleg_memory_usage_bytes',
  'twinleg_function_invocations_total',
  'twinleg_function_duration_seconds',
  'twinleg_dead_letters_total',
];

test('each metric is told by one kind of process in each wiring, but for what a process tells of itself', () => {
  for (const { name, sources } of SPECS) {
    const cloud = sources.filter((source) => source !== 'run');
    if (OF_THE_PROCESS.includes(name)) assert.ok(cloud.length > 1, `${name} needs no exception`);
    else assert.ok(cloud.length <= 1, `${name} comes from ${cloud.join(' and ')}`);
  }
});

test('what comes from outside never becomes a label’s value', () => {
  assert.equal(boundedLabel('STORE_BUSY', ERROR_CODES), 'STORE_BUSY');
  assert.equal(boundedLabel('"}\n# evil{', ERROR_CODES), 'OTHER');
});
