import type { MiddlewareObj } from '@middy/core';
import type { MetricsPush } from '#adapters/metrics/otlp.ts';
import type { FunctionName, FunctionTelemetry } from './function-telemetry.ts';
import { functionParts } from './lambda.ts';
import { functionPush, loadPush } from './otlp.ts';

type Measured = Pick<FunctionTelemetry, 'reading' | 'invoked' | 'pushed'>;

interface MeasuredParts {
  readonly telemetry: () => Measured;
  readonly env: NodeJS.ProcessEnv;
}

const OF_THIS_ENVIRONMENT: MeasuredParts = { telemetry: () => functionParts().telemetry, env: process.env };

/** Counts and times the invocations of a function, and sends what stands in its metrics; neither can fail it. */
export function measured(name: FunctionName, parts = OF_THIS_ENVIRONMENT): MiddlewareObj {
  let startedMs = 0;
  let push: MetricsPush | null = null;
  void loadPush(parts.env);

  async function ended(result: 'ok' | 'failed'): Promise<void> {
    try {
      const telemetry = parts.telemetry();
      telemetry.invoked(name, result, (performance.now() - startedMs) / 1000);
      push ??= await functionPush({
        reading: telemetry.reading,
        service: `twinleg-${name}`,
        env: parts.env,
        counted: (outcome) => telemetry.pushed(outcome),
        failed: () => {},
      });
      await push.flush();
    } catch {
      // Without parts, say on a wrong configuration, there is nothing to count in: the handler has told why.
    }
  }

  return {
    before: () => {
      startedMs = performance.now();
    },
    after: () => ended('ok'),
    onError: () => ended('failed'),
  };
}
