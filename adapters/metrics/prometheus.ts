import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricId, type MetricSpec } from '#core/metrics.ts';

type Label<Id extends MetricId> = (typeof METRICS)[Id]['labels'][number];
type Instrument<Id extends MetricId> = (typeof METRICS)[Id]['kind'] extends 'counter'
  ? Counter<Label<Id>>
  : (typeof METRICS)[Id]['kind'] extends 'gauge'
    ? Gauge<Label<Id>>
    : Histogram<Label<Id>>;

/** The catalogue as instruments of one registry. */
export type Metrics = { readonly [Id in MetricId]: Instrument<Id> } & {
  readonly contentType: string;
  /** The page as Prometheus reads it. */
  render(): Promise<string>;
};

/**
 * Makes every metric of the catalogue.
 *
 * @param collect called before each scrape, to bring the gauges up to date
 */
export function createMetrics(collect: () => void): Metrics {
  const registry = new Registry();
  const instruments = Object.fromEntries(
    Object.entries<MetricSpec>(METRICS).map(([id, { kind, name, help, labels, buckets }]) => {
      const options = { name, help, labelNames: labels, registers: [registry] };
      if (kind === 'counter') return [id, new Counter(options)];
      if (kind === 'gauge') return [id, new Gauge(options)];
      return [id, new Histogram({ ...options, buckets: [...(buckets ?? [])] })];
    }),
  );
  return {
    ...(instruments as { [Id in MetricId]: Instrument<Id> }),
    contentType: registry.contentType,
    render() {
      collect();
      return registry.metrics();
    },
  };
}
