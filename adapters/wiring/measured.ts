import type { MiddlewareObj } from '@middy/core';
import type { MetricsPush, OtlpOptions } from '#adapters/metrics/otlp.ts';
import type { MetricsReading } from '#adapters/metrics/prometheus.ts';
import type { FunctionName } from './invocation-telemetry.ts';
import { functionParts } from './lambda.ts';
import { functionPush, loadPush } from './otlp.ts';

interface Measured {
  readonly reading: MetricsReading;
  invoked(name: FunctionName, result: 'ok' | 'failed', seconds: number): void;
  pushed: OtlpOptions['counted'];
}

interface MeasuredParts {
  readonly telemetry: () => Measured;
  readonly env: NodeJS.ProcessEnv;
}

const OF_THIS_ENVIRONMENT: MeasuredParts = { telemetry: () => functionParts().telemetry, env: process.env };

/** Whose ticks wait for them: they hardly wait for a collector. Any other gives it the time of a slow connection's start, ms. */
const WAIT_MS: Partial<Record<FunctionName, number>> = { evaluate: 50, execute: 50 };
const LONGEST_WAIT_MS = 2000;

/** Counts and times the invocations of a function, and sends what stands in its metrics; neither can fail it. */
export function measured(name: FunctionName, parts = OF_THIS_ENVIRONMENT): MiddlewareObj {
  let startedMs = 0;
  let push: MetricsPush | null = null;
  void loadPush(parts.env);

  async function pushing(): Promise<MetricsPush> {
    const telemetry = parts.telemetry();
    push ??= await functionPush({
      reading: telemetry.reading,
      service: `twinleg-${name}`,
      env: parts.env,
      waitMs: WAIT_MS[name] ?? LONGEST_WAIT_MS,
      counted: (outcome) => telemetry.pushed(outcome),
      failed: () => {},
    });
    return push;
  }

  async function ended(result: 'ok' | 'failed'): Promise<void> {
    try {
      parts.telemetry().invoked(name, result, (performance.now() - startedMs) / 1000);
      await (await pushing()).flush();
    } catch {
      // Without parts, say on a wrong configuration, there is nothing to count in: the handler has told why.
    }
  }

  return {
    before: async () => {
      startedMs = performance.now();
      await pushing().then(
        (to) => to.begin(),
        () => {},
      );
    },
    after: () => ended('ok'),
    onError: () => ended('failed'),
  };
}
