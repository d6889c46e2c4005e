import type { Metrics } from '#adapters/metrics/prometheus.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { COMMAND_RESULTS, MESSAGE_RESULTS, WEBHOOK_RESULTS } from '#core/metrics/labels.ts';

type Instruments = Pick<Metrics<'run'>, 'alerts' | 'alertMessages' | 'webhooks' | 'commands'>;

/** Counts what is told to the operator and asked by him, in whatever kind of process. */
export class MessagingCounts {
  readonly #metrics: Instruments;

  constructor(metrics: Instruments) {
    this.#metrics = metrics;
  }

  /** One that came into the history, whoever raised it. */
  alert({ severity, kind }: Alert): void {
    if (kind === 'fired') this.#metrics.alerts.inc({ severity });
  }

  message(result: (typeof MESSAGE_RESULTS)[number]): void {
    this.#metrics.alertMessages.inc({ result });
  }

  webhook(result: (typeof WEBHOOK_RESULTS)[number]): void {
    this.#metrics.webhooks.inc({ result });
  }

  command(result: (typeof COMMAND_RESULTS)[number]): void {
    this.#metrics.commands.inc({ result });
  }
}
