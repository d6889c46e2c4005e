import type { AlertCode } from '#core/alerts/catalogue.ts';

export type PanelKind = 'timeseries' | 'stat' | 'bars' | 'heatmap' | 'cells';

/** One line, or one set of lines, of a panel. */
export interface Query {
  /** PromQL over the catalogue's series; the variables `job` and `instance` are put into each selector. */
  readonly expr: string;
  /** What a line is called; `{{label}}` stands for a label's value. */
  readonly legend: string;
}

/** Where a panel has nothing to show however well all is, and what it needs. */
export interface Emptiness {
  readonly wiring: 'one process' | 'cloud';
  readonly until: string;
}

export interface PanelSpec {
  readonly title: string;
  readonly kind: PanelKind;
  /** As Grafana names units. */
  readonly unit: string;
  readonly description: string;
  /** The alert whose section of the runbook says what to do when this looks wrong. */
  readonly runbook: AlertCode;
  /** From which value on it is yellow or red; below all it is green. */
  readonly thresholds: readonly (readonly [value: number, color: 'green' | 'yellow' | 'red'])[];
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width: number;
  /** Empty by design in one wiring: which, and what fills it. */
  readonly empty?: Emptiness;
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelSpec[] }[];
}

/** What only the cloud wiring has. */
export const CLOUD_ONLY: Emptiness = {
  wiring: 'one process',
  until: 'the cloud wiring, whose gateway and functions send it',
};

/** What only a run on this machine's disk has. */
export const DISK_ONLY: Emptiness = {
  wiring: 'cloud',
  until: 'a run in one process, whose data lies on a disk; a table has no end',
};

/** A panel with the usual size for its kind. */
export function panel(
  title: string,
  kind: PanelKind,
  rest: Omit<PanelSpec, 'title' | 'kind' | 'width' | 'queries'> & {
    readonly width?: number;
    readonly queries: readonly (readonly [expr: string, legend: string])[];
  },
): PanelSpec {
  const { width = kind === 'stat' ? 4 : 12, queries, ...text } = rest;
  return { title, kind, width, queries: queries.map(([expr, legend]) => ({ expr, legend })), ...text };
}

/** PromQL with the dashboard's choice of job and instance in every selector of a series of ours. */
export function scoped(expr: string): string {
  return expr.replace(/\b(twinleg_\w+|up)\b(?:\{([^}]*)\})?/g, (_, name: string, inner: string | undefined) => {
    const own = inner === undefined || inner === '' ? '' : `, ${inner}`;
    return `${name}{job=~"$job", instance=~"$instance"${own}}`;
  });
}
