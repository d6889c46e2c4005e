import { Counter, Gauge, Histogram, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { labelSets, type MetricSource, type MetricSpec } from '#core/metrics/spec.ts';
import { type METRICS, type MetricId, metricsOf } from '#core/metrics.ts';
import { PlainHistogram } from './plain-histogram.ts';

type Label<Id extends MetricId> = keyof (typeof METRICS)[Id]['labels'] & string;
type Instrument<Id extends MetricId> = (typeof METRICS)[Id]['kind'] extends 'counter'
  ? Counter<Label<Id>>
  : (typeof METRICS)[Id]['kind'] extends 'gauge'
    ? Gauge<Label<Id>>
    : Histogram<Label<Id>>;

/** The metrics that a kind of process gives. */
type Served<Source extends MetricSource> = {
  [Id in MetricId]: Source extends (typeof METRICS)[Id]['sources'][number] ? Id : never;
}[MetricId];

/** What the instruments stand at. */
export interface MetricsReading {
  readonly contentType: string;
  /** The page as Prometheus reads it. */
  page(): Promise<string>;
  /** The same as values, for a push. */
  values(): Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;
}

/** The catalogue as instruments. */
export type Metrics<Source extends MetricSource> = { readonly [Id in Served<Source>]: Instrument<Id> } & {
  readonly reading: MetricsReading;
  /** Counters and histograms of these symbols begin at 0: one that first appears at 1 has no increase. */
  begin(symbols: readonly string[]): void;
};

/**
 * Makes every metric that a process of this kind gives; what has no symbol begins at 0.
 *
 * @param collect called before each reading, to bring the gauges up to date
 */
export function createMetrics<Source extends MetricSource>(source: Source, collect: () => void): Metrics<Source> {
  const registry = new Registry();
  const made = metricsOf(source).map(([id, spec]) => ({ id, spec, instrument: instrumentOf(spec, registry) }));
  for (const { spec, instrument } of made) if (!isBySymbol(spec)) beginAtZero(instrument, labelSets(spec, []));
  return {
    ...(Object.fromEntries(made.map(({ id, instrument }) => [id, instrument])) as {
      [Id in Served<Source>]: Instrument<Id>;
    }),
    reading: {
      contentType: registry.contentType,
      page() {
        collect();
        return registry.metrics();
      },
      values() {
        collect();
        return registry.getMetricsAsJSON();
      },
    },
    begin(symbols) {
      for (const { spec, instrument } of made) {
        if (isBySymbol(spec)) beginAtZero(instrument, labelSets(spec, symbols));
      }
    },
  };
}

function instrumentOf({ kind, name, help, labels, buckets }: MetricSpec, registry: Registry) {
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (kind === 'counter') return new Counter(options);
  if (kind === 'gauge') return new Gauge(options);
  const bounds = [...(buckets ?? [])];
  return options.labelNames.length === 0
    ? new PlainHistogram({ ...options, buckets: bounds })
    : new Histogram({ ...options, buckets: bounds });
}

function isBySymbol({ labels }: MetricSpec): boolean {
  return Object.values(labels).includes('symbols');
}

function beginAtZero(instrument: Counter | Gauge | Histogram, sets: readonly Record<string, string>[]): void {
  if (instrument instanceof Gauge) return;
  for (const labels of sets) {
    if (instrument instanceof Counter) instrument.inc(labels, 0);
    else instrument.zero(labels);
  }
}
