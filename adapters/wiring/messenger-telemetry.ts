import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { COMMAND_RESULTS, MESSAGE_RESULTS, WEBHOOK_RESULTS } from '#core/metrics/labels.ts';
import { InvocationTelemetry } from './invocation-telemetry.ts';

/** Counts what the functions do that speak with the operator. */
export class MessengerTelemetry extends InvocationTelemetry<Metrics<'messenger'>> {
  constructor() {
    const metrics = createMetrics('messenger', () => metrics.memory.set(process.memoryUsage.rss()));
    super(metrics);
  }

  /** One that came into the history, whoever raised it. */
  alert({ severity, kind }: Alert): void {
    if (kind === 'fired') this.metrics.alerts.inc({ severity });
  }

  message(result: (typeof MESSAGE_RESULTS)[number]): void {
    this.metrics.alertMessages.inc({ result });
  }

  webhook(result: (typeof WEBHOOK_RESULTS)[number]): void {
    this.metrics.webhooks.inc({ result });
  }

  command(result: (typeof COMMAND_RESULTS)[number]): void {
    this.metrics.commands.inc({ result });
  }
}
