import { randomUUID } from 'node:crypto';
import { createOtlpPush, type MetricsPush } from '#adapters/metrics/otlp.ts';
import type { MetricsReading } from '#adapters/metrics/prometheus.ts';

/** A scrape is as frequent (SPEC §12). */
const LONG_LIVED_MS = 15_000;
/** Functions send their own timings at most this often. */
const FUNCTION_MS = 30_000;

interface OtlpParts {
  readonly reading: MetricsReading;
  /** `twinleg-gateway`, `twinleg-evaluate` …: the job of its series. */
  readonly service: string;
  readonly env: NodeJS.ProcessEnv;
  readonly failed: (error: Error) => void;
}

const NOTHING: MetricsPush = { flush: async () => {}, start() {}, close: async () => {} };

/** A long-lived process's sending; does nothing where OTEL_EXPORTER_OTLP_ENDPOINT names no collector. */
export function processPush(parts: OtlpParts): MetricsPush {
  return push(parts, LONG_LIVED_MS);
}

/** A function's: call `flush` at the end of each invocation. */
export function functionPush(parts: OtlpParts): MetricsPush {
  return push(parts, FUNCTION_MS);
}

function push({ reading, service, env, failed }: OtlpParts, everyMs: number): MetricsPush {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT } = env;
  if (!OTEL_EXPORTER_OTLP_ENDPOINT && !OTEL_EXPORTER_OTLP_METRICS_ENDPOINT) return NOTHING;
  return createOtlpPush(reading, { service, instanceId: randomUUID(), everyMs, failed });
}
