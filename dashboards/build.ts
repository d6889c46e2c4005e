import * as bars from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as cells from '@grafana/grafana-foundation-sdk/statushistory';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { type DashboardSpec, type PanelKind, type PanelSpec, scoped } from './spec.ts';

/** Chosen when the dashboard is opened or imported: none is built in. */
const CHOICE = 'datasource';
const SOURCE = { type: 'prometheus', uid: `\${${CHOICE}}` };
const HEIGHTS: Readonly<Record<PanelKind, number>> = { stat: 4, timeseries: 8, bars: 8, heatmap: 8, cells: 8 };
const last = () => new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']);
const line = () => new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed);

/** An empty panel of each kind. */
const EMPTY = {
  stat: () => new stat.PanelBuilder().reduceOptions(last()),
  bars: () => new bars.PanelBuilder().reduceOptions(last()).orientation(common.VizOrientation.Horizontal),
  timeseries: () => new timeseries.PanelBuilder().thresholdsStyle(line()),
  heatmap: () => new heatmap.PanelBuilder(),
  cells: () => new cells.PanelBuilder(),
} as const satisfies Record<PanelKind, () => unknown>;

/** A dashboard as Grafana imports it. */
export function buildDashboard({ uid, title, description, rows }: DashboardSpec): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['twinleg'])
    .timezone('utc')
    .refresh('15s')
    .time({ from: 'now-3h', to: 'now' })
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .editable();
  for (const variable of variables()) builder.withVariable(variable);
  builder.link(
    new dashboard.DashboardLinkBuilder('Twinleg')
      .type(dashboard.DashboardLinkType.Dashboards)
      .tags(['twinleg'])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
  );
  let id = 1;
  for (const row of rows) {
    builder.withRow(new dashboard.RowBuilder(row.title).id(id++));
    for (const panel of row.panels) builder.withPanel(buildPanel(panel, id++));
  }
  return builder.build();
}

function variables(): Builder<dashboard.VariableModel>[] {
  const chosen = (name: string, label: string, query: string) =>
    new dashboard.QueryVariableBuilder(name)
      .label(label)
      .datasource(SOURCE)
      .query({ query, refId: name })
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ text: 'All', value: '$__all' });
  return [
    new dashboard.DatasourceVariableBuilder(CHOICE).label('Data source').type('prometheus'),
    chosen('job', 'Job', 'label_values(twinleg_errors_total, job)'),
    chosen('instance', 'Instance', 'label_values(twinleg_errors_total{job=~"$job"}, instance)'),
    new dashboard.TextBoxVariableBuilder('runbook')
      .label('Runbook')
      .description('Where docs/RUNBOOK.md is published')
      .defaultValue('docs/RUNBOOK.md'),
  ];
}

function buildPanel(spec: PanelSpec, id: number): Builder<dashboard.Panel> {
  const { title, kind, unit, description, runbook, thresholds, queries, width } = spec;
  const steps: dashboard.Threshold[] = [
    { value: null, color: 'green' },
    ...thresholds.map(([value, color]) => ({ value, color })),
  ];
  const builder = EMPTY[kind]()
    .id(id)
    .title(title)
    .description(spec.empty === undefined ? description : `${description} Empty by design without ${spec.empty.until}.`)
    .datasource(SOURCE)
    .unit(unit)
    .span(width)
    .height(HEIGHTS[kind])
    .noValue('no data')
    .thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps))
    .links([
      new dashboard.DashboardLinkBuilder('Runbook')
        .type(dashboard.DashboardLinkType.Link)
        .url(`\${runbook}#${runbook.toLowerCase().replaceAll('_', '-')}`)
        .targetBlank(true),
    ]);
  for (const [index, query] of queries.entries()) builder.withTarget(target(query, index, kind));
  return builder;
}

function target({ expr, legend }: PanelSpec['queries'][number], index: number, kind: PanelKind): Builder<Dataquery> {
  const query = new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(SOURCE)
    .expr(scoped(expr))
    .legendFormat(legend)
    .range();
  return kind === 'heatmap' ? query.format(prometheus.PromQueryFormat.Heatmap) : query;
}
