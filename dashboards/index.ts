import { buildDashboard } from './build.ts';
import { RISK_GUARDS } from './risk-guards.ts';
import type { DashboardSpec } from './spec.ts';
import { SYSTEM_HEALTH } from './system-health.ts';
import { TRADING_KPIS } from './trading-kpis.ts';

export const DASHBOARDS: readonly DashboardSpec[] = [SYSTEM_HEALTH, TRADING_KPIS, RISK_GUARDS];

/** The files that Grafana imports, by name. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(
    DASHBOARDS.map((spec) => [
      `${spec.uid.replace('twinleg-', '')}.json`,
      `${JSON.stringify(buildDashboard(spec), null, 2)}\n`,
    ]),
  );
}
