import { setTimeout as sleep } from 'node:timers/promises';
import type { HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, type MetricData } from '@opentelemetry/sdk-metrics';
import type { PUSH_RESULTS } from '#core/metrics/labels.ts';
import { otlpData } from './otlp-data.ts';
import type { MetricsReading } from './prometheus.ts';

/** Longest that a sending may take, ms. */
const TIMEOUT_MS = 5000;

export interface OtlpOptions {
  /** Becomes the label `job`. */
  readonly service: string;
  /** Becomes the label `instance`: one for each process, as sums of two that share one would jump. */
  readonly instanceId: string;
  /** The whole address, path included; left out, OTEL_EXPORTER_OTLP_ENDPOINT and its kin hold. */
  readonly url?: string;
  /** Least time between two sendings, ms. */
  readonly everyMs: number;
  /** Longest that a flush waits, ms; a sending that takes longer goes on by itself. */
  readonly waitMs: number;
  /** What became of a sending. */
  readonly counted: (result: (typeof PUSH_RESULTS)[number]) => void;
  /** A sending that failed; what it held goes with the next one, as sums count from the start. */
  readonly failed: (error: Error) => void;
}

/** Sends what stands in a process's metrics to a collector. */
export interface MetricsPush {
  /**
   * Sends once what stands there, before anything is counted: a counter that first appears at 1 has no increase. Waits until
   * it is read, not until it is sent. Never throws.
   */
  begin(): Promise<void>;
  /** Sends, unless the last sending is too recent, and waits a little; meant for the end of an invocation. Never throws. */
  flush(): Promise<void>;
  /** Sends now and on a timer from then on; meant for a long-lived process. */
  start(): void;
  /** Sends a last time and lets go. */
  close(): Promise<void>;
}

/** OTLP over HTTP, protobuf, cumulative: the same names and labels as on the page. */
export function createOtlpPush(reading: MetricsReading, options: OtlpOptions): MetricsPush {
  const { service, instanceId, everyMs, waitMs, counted, failed } = options;
  const exporter = new OTLPMetricExporter({
    ...(options.url === undefined ? {} : { url: options.url }),
    temporalityPreference: AggregationTemporality.CUMULATIVE,
    timeoutMillis: TIMEOUT_MS,
  });
  const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': instanceId });
  const startTime = hrTime(Date.now());
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let sending: Promise<void> | null = null;
  let beginning: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function read(): Promise<MetricData[]> {
    return otlpData(await reading.values(), startTime, hrTime(Date.now()));
  }

  async function send(standing = read()): Promise<void> {
    try {
      const metrics = await standing;
      await new Promise<void>((resolve, reject) => {
        exporter.export({ resource, scopeMetrics: [{ scope: { name: 'twinleg' }, metrics }] }, ({ error }) =>
          error === undefined ? resolve() : reject(error),
        );
      });
      counted('sent');
    } catch (error) {
      counted('failed');
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** One sending at a time: who asks meanwhile waits for it. */
  function sendOnce(): Promise<void> {
    sending ??= send().finally(() => {
      sending = null;
    });
    return sending;
  }

  return {
    async begin() {
      if (beginning !== null) return;
      const standing = read();
      beginning = send(standing);
      await standing.catch(() => {});
    },
    flush: async () => {
      if (performance.now() - sentAtMs < everyMs) return;
      sentAtMs = performance.now();
      // What `begin` sends was read before.
      const sent = Promise.resolve(beginning)
        .then(sendOnce)
        .then(() => true);
      if (!(await Promise.race([sent, sleep(waitMs, false, { ref: false })]))) counted('late');
    },
    start() {
      void sendOnce();
      timer = setInterval(() => void sendOnce(), everyMs);
    },
    async close() {
      clearInterval(timer);
      await sending;
      await sendOnce();
      await exporter.shutdown();
    },
  };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
}
