import { ALERTS, runbookOf } from '#core/alerts/catalogue.ts';
import type { AlertSpec } from '#core/alerts/types.ts';
import { CORE_KPIS } from '#core/metrics/kpis.ts';
import type { Yaml } from '../yaml.ts';

/** The alert that always fires: whoever waits for it outside notices when it no longer comes. */
export const WATCHDOG = 'TWINLEG_WATCHDOG';

/** An alert of the catalogue that Prometheus judges. */
export interface PrometheusAlert extends AlertSpec {
  readonly code: string;
  readonly prometheus: NonNullable<AlertSpec['prometheus']>;
}

export const PROMETHEUS_ALERTS: readonly PrometheusAlert[] = Object.entries<AlertSpec>(ALERTS).flatMap(
  ([code, spec]) => (spec.prometheus === null ? [] : [{ ...spec, code, prometheus: spec.prometheus }]),
);

/** The core figures under names of their own, so that a dashboard over months stays quick. */
export function recordingRules(): Yaml {
  const rules = CORE_KPIS.map(({ record, expr }) => ({ record: `twinleg:${record}`, expr }));
  return { groups: [{ name: 'twinleg_figures', rules }] };
}

/** A rule for each alert that Prometheus can judge, and the watchdog. */
export function alertingRules(): Yaml {
  const rules = PROMETHEUS_ALERTS.map(({ code, severity, title, condition, action, prometheus }) => ({
    alert: code,
    expr: prometheus.expr,
    for: prometheus.for === '0s' ? undefined : prometheus.for,
    labels: { severity },
    annotations: { summary: title, description: `When ${condition}.`, action, runbook: runbookOf(code) },
  }));
  const watchdog = {
    alert: WATCHDOG,
    expr: 'vector(1)',
    labels: { severity: 'none' },
    annotations: {
      summary: 'Always fires',
      description: 'It reaches the dead man’s switch each minute. When it stops, Prometheus or Alertmanager is down.',
    },
  };
  return {
    groups: [
      { name: 'twinleg_alerts', rules },
      { name: 'twinleg_watchdog', rules: [watchdog] },
    ],
  };
}
