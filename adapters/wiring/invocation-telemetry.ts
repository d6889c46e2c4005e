import type { Metrics } from '#adapters/metrics/prometheus.ts';
import { type DEAD_LETTER_REASONS, ERROR_CODES, type FUNCTIONS, type PUSH_RESULTS } from '#core/metrics/labels.ts';
import { boundedLabel } from '#core/metrics.ts';

export type FunctionName = (typeof FUNCTIONS)[number];

type Common = Pick<
  Metrics<'messenger'>,
  'invocations' | 'invocationSeconds' | 'pushes' | 'errors' | 'deadLetters' | 'reading'
>;

type LaidAside = (typeof DEAD_LETTER_REASONS)[number];
const REASONS: Readonly<Record<string, LaidAside>> = {
  late: 'too_old',
  failed: 'failed',
  unknown_symbol: 'unknown_symbol',
  unknown_version: 'unknown_version',
};

/** Counts what every function does, in the series of the catalogue; one in each execution environment. */
export class InvocationTelemetry<Instruments extends Common> {
  protected readonly metrics: Instruments;

  constructor(metrics: Instruments) {
    this.metrics = metrics;
  }

  get reading() {
    return this.metrics.reading;
  }

  invoked(name: FunctionName, result: 'ok' | 'failed', seconds: number): void {
    this.metrics.invocations.inc({ function: name, result });
    this.metrics.invocationSeconds.observe({ function: name }, seconds);
  }

  pushed(result: (typeof PUSH_RESULTS)[number]): void {
    this.metrics.pushes.inc({ result });
  }

  error(code: string): void {
    this.metrics.errors.inc({ code: boundedLabel(code, ERROR_CODES) });
  }

  /** @param reason as the code or the reader of messages has it */
  laidAside(reason: string): void {
    this.metrics.deadLetters.inc({ reason: REASONS[reason] ?? 'malformed' });
  }
}
