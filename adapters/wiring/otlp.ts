import { randomUUID } from 'node:crypto';
import type { MetricsPush, OtlpOptions } from '#adapters/metrics/otlp.ts';
import type { MetricsReading } from '#adapters/metrics/prometheus.ts';

/** A scrape is as frequent (SPEC §12). */
const LONG_LIVED_MS = 15_000;
/** Functions send at most this often. */
const FUNCTION_MS = 30_000;

interface OtlpParts {
  readonly reading: MetricsReading;
  /** `twinleg-gateway`, `twinleg-evaluate` …: the job of its series. */
  readonly service: string;
  readonly env: NodeJS.ProcessEnv;
  readonly counted: OtlpOptions['counted'];
  readonly failed: (error: Error) => void;
}

const NOTHING: MetricsPush = { begin: async () => {}, flush: async () => {}, start() {}, close: async () => {} };

/**
 * Starts a long-lived process's sending; does nothing where OTEL_EXPORTER_OTLP_ENDPOINT names no collector.
 *
 * @param failed told why something was not sent
 */
export async function startPush(
  telemetry: { readonly reading: MetricsReading; pushed: OtlpOptions['counted'] },
  service: string,
  failed: (message: string) => void,
): Promise<MetricsPush> {
  const parts: OtlpParts = {
    reading: telemetry.reading,
    service,
    env: process.env,
    counted: (result) => telemetry.pushed(result),
    failed: ({ message }) => failed(message),
  };
  const started = await push(parts, LONG_LIVED_MS, LONG_LIVED_MS);
  started.start();
  return started;
}

/**
 * A function's: call `begin` before an invocation and `flush` at its end.
 *
 * @param parts `waitMs` is the longest that an end waits for the sending
 */
export function functionPush({ waitMs, ...parts }: OtlpParts & { readonly waitMs: number }): Promise<MetricsPush> {
  return push(parts, FUNCTION_MS, waitMs);
}

/** Only who sends pays for the sender's start: meant for a function's own, before its first invocation. */
export function loadPush(env: NodeJS.ProcessEnv) {
  return hasCollector(env) ? import('#adapters/metrics/otlp.ts') : null;
}

async function push({ reading, service, env, ...told }: OtlpParts, everyMs: number, waitMs: number) {
  const loaded = await loadPush(env);
  if (loaded === null) return NOTHING;
  return loaded.createOtlpPush(reading, { service, instanceId: randomUUID(), everyMs, waitMs, ...told });
}

function hasCollector({
  OTEL_EXPORTER_OTLP_ENDPOINT,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,
}: NodeJS.ProcessEnv): boolean {
  return Boolean(OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_EXPORTER_OTLP_METRICS_ENDPOINT);
}
