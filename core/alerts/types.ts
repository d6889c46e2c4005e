/** P0 critical: service down; P1 high: degraded; P2 medium: a component failed; P3 low: a warning (SPEC §11). */
export type Severity = 'P0' | 'P1' | 'P2' | 'P3';

export const SEVERITIES: readonly Severity[] = ['P0', 'P1', 'P2', 'P3'];

/** Who notices: what the program does or logs, a threshold of its figures, a guard, a snapshot, the store, or Prometheus. */
export type AlertSource = 'log' | 'metric' | 'guard' | 'snapshot' | 'store' | 'alertmanager';

/** How Prometheus judges an alert, where it can. */
export interface PrometheusRule {
  /** PromQL; every series that it returns is one alert, its labels `instance`, `venue`, `symbol` and `guard` name the subject. */
  readonly expr: string;
  /** How long it has to hold, as Prometheus writes a duration. */
  readonly for: string;
}

export interface AlertSpec {
  readonly severity: Severity;
  /** What it becomes when the condition lasts; told again at once. */
  readonly worsens?: Severity;
  readonly title: string;
  /** When it is raised, in words. */
  readonly condition: string;
  readonly source: AlertSource;
  /** What to do about it, in a sentence or two. */
  readonly action: string;
  /** A condition that ends is told of when it does; an event is over as soon as it was told. */
  readonly lasts: 'condition' | 'event';
  readonly prometheus: PrometheusRule | null;
}

/** One thing that happened, as it is stored, queued and told. */
export interface Alert {
  /** Derived from the cause and the moment, so that whoever raises it again finds the earlier one. */
  readonly id: string;
  readonly code: string;
  /** What it is about: an order, a position, a venue; empty for the whole. */
  readonly subject: string;
  /** Code and subject, the cause: while one alert of it is open, another is a repetition. */
  readonly fingerprint: string;
  readonly kind: 'fired' | 'resolved';
  readonly severity: Severity;
  readonly atMs: number;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
}
