import type { HrTime } from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client';
import type { MetricSpec, Unit } from '#core/metrics/spec.ts';
import { METRICS } from '#core/metrics.ts';

/** A metric as prom-client gives it. */
type Read = MetricObjectWithValues<MetricValue<string>>;

/** Units that Prometheus puts into a name; they are in ours already. Any other is an annotation, which it leaves out. */
const UCUM: Partial<Record<Unit, string>> = { seconds: 's', bytes: 'By', percent: '%' };

const SPECS: ReadonlyMap<string, MetricSpec> = new Map(
  Object.values<MetricSpec>(METRICS).map((spec) => [spec.name, spec]),
);

/** The same numbers as OpenTelemetry's data, cumulative since `startTime`. */
export function otlpData(read: readonly Read[], startTime: HrTime, endTime: HrTime): MetricData[] {
  return read.flatMap((metric) => {
    const spec = SPECS.get(metric.name);
    return spec === undefined ? [] : [dataOf(metric, spec, { startTime, endTime })];
  });
}

function dataOf({ values }: Read, spec: MetricSpec, times: { startTime: HrTime; endTime: HrTime }): MetricData {
  const { name, help, unit, kind } = spec;
  const descriptor = {
    name,
    description: help,
    unit: UCUM[unit] ?? `{${unit.replaceAll(' ', '_')}}`,
    valueType: ValueType.DOUBLE,
  };
  const aggregationTemporality = AggregationTemporality.CUMULATIVE;
  const common = { descriptor, aggregationTemporality };
  const points = () => values.map(({ labels, value }) => ({ ...times, attributes: attributesOf(labels), value }));
  if (kind === 'counter') {
    return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() };
  }
  if (kind === 'gauge') return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: points() };
  const dataPoints = histograms(spec, values).map((point) => ({ ...times, ...point }));
  return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
}

/** prom-client's lines of buckets, each counting all below it, as one histogram for each set of labels. */
function histograms({ name, buckets = [] }: MetricSpec, values: readonly MetricValueWithName<string>[]) {
  const points = new Map<string, { attributes: Record<string, string>; value: Histogram; below: number }>();
  for (const { metricName, labels, value } of values) {
    const { le, ...rest } = attributesOf(labels);
    const key = JSON.stringify(rest);
    let point = points.get(key);
    if (point === undefined) {
      const empty = { buckets: { boundaries: [...buckets], counts: [] }, sum: 0, count: 0 };
      point = { attributes: rest, value: empty, below: 0 };
      points.set(key, point);
    }
    if (metricName === `${name}_sum`) point.value.sum = value;
    else if (metricName === `${name}_count`) point.value.count = value;
    else if (le !== undefined) {
      point.value.buckets.counts.push(value - point.below);
      point.below = value;
    }
  }
  return [...points.values()].map(({ attributes, value }) => ({ attributes, value }));
}

function attributesOf(labels: Partial<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]));
}
