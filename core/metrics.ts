import { CLOUD_METRICS } from './metrics/cloud.ts';
import { MESSAGING_METRICS } from './metrics/messaging.ts';
import { PORTFOLIO_METRICS } from './metrics/portfolio.ts';
import type { MetricSource, MetricSpec } from './metrics/spec.ts';
import { SYSTEM_METRICS } from './metrics/system.ts';
import { TRADING_METRICS } from './metrics/trading.ts';

/** Every metric that Twinleg serves or sends. Names, seconds and bytes follow Prometheus' conventions. */
export const METRICS = {
  ...TRADING_METRICS,
  ...PORTFOLIO_METRICS,
  ...SYSTEM_METRICS,
  ...MESSAGING_METRICS,
  ...CLOUD_METRICS,
} as const satisfies Record<string, MetricSpec>;

export type MetricId = keyof typeof METRICS;

/** The metrics of one kind of process, by id. */
export function metricsOf(source: MetricSource): [MetricId, MetricSpec][] {
  const all = Object.entries(METRICS) as [MetricId, MetricSpec][];
  return all.filter(([, { sources }]) => sources.includes(source));
}

/** A value that a label may take, or OTHER: nothing from outside becomes a series of its own. */
export function boundedLabel<const Value extends string>(value: string, values: readonly Value[]): Value | 'OTHER' {
  return (values as readonly string[]).includes(value) ? (value as Value) : 'OTHER';
}
