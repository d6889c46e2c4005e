import { createMetrics, type Metrics } from '#adapters/metrics/prometheus.ts';
import { InvocationTelemetry } from './invocation-telemetry.ts';
import { MessagingCounts } from './messaging-counts.ts';

/** Counts what the functions do that speak with the operator. */
export class MessengerTelemetry extends InvocationTelemetry<Metrics<'messenger'>> {
  readonly messaging: MessagingCounts;

  constructor() {
    const metrics = createMetrics('messenger', () => metrics.memory.set(process.memoryUsage.rss()));
    super(metrics);
    this.messaging = new MessagingCounts(metrics);
  }
}
