import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CORE_KPIS } from '#core/metrics/kpis.ts';
import type { MetricSpec } from '#core/metrics/spec.ts';
import { METRICS } from '#core/metrics.ts';
import { DASHBOARDS, dashboardFiles } from '../../../dashboards/index.ts';
import { scoped } from '../../../dashboards/spec.ts';

const FOLDER = new URL('../../../dashboards/', import.meta.url);
const PANELS = DASHBOARDS.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels));
const SPECS = new Map(Object.values<MetricSpec>(METRICS).map((spec) => [spec.name, spec]));

/** The series of a query that the catalogue does not have, and labels that its metric does not have. */
function unknownIn(expr: string): string[] {
  const unknown: string[] = [];
  for (const [, name = '', inner = ''] of expr.matchAll(/\b(twinleg_\w+)(?:\{([^}]*)\})?/g)) {
    const spec = SPECS.get(name) ?? SPECS.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (spec === undefined) unknown.push(name);
    for (const [, label = ''] of inner.matchAll(/(\w+)\s*(?:=~|!=|=)/g)) {
      const known = label === 'job' || label === 'instance' || Object.hasOwn(spec?.labels ?? {}, label);
      if (!known) unknown.push(`${name}{${label}}`);
    }
  }
  return unknown;
}

test('dashboards/*.json are as the code makes them (npm run generate)', () => {
  for (const [name, text] of Object.entries(dashboardFiles())) {
    assert.equal(readFileSync(new URL(name, FOLDER), 'utf8') === text, true, `${name} is old: npm run generate`);
  }
});

test('every panel says what it shows, in which unit, from when on it is wrong, and what to do then', () => {
  for (const { title, description, unit, thresholds, queries } of PANELS) {
    assert.ok(title.length > 1 && unit.length > 0 && thresholds.length > 0 && queries.length > 0, title);
    assert.match(description, /\.$/, title);
  }
});

test('queries name series and labels of the catalogue, and rates go by $__rate_interval', () => {
  for (const { title, queries } of PANELS) {
    for (const { expr } of queries) {
      assert.deepEqual(unknownIn(expr), [], title);
      for (const [, window] of expr.matchAll(/rate\([^[]*\[([^\]]+)\]/g))
        assert.equal(window, '$__rate_interval', title);
    }
  }
  for (const { record, expr } of CORE_KPIS) assert.deepEqual(unknownIn(expr), [], record);
});

test('a panel is empty by design in a wiring where nothing tells its series, and nowhere else', () => {
  const told = { 'one process': ['run'], cloud: ['gateway', 'function', 'messenger'] };
  for (const { title, queries, empty } of PANELS) {
    const specs = queries.flatMap(({ expr }) =>
      [...expr.matchAll(/\btwinleg_\w+/g)].map(
        ([name]) => SPECS.get(name) ?? SPECS.get(name.replace(/_(bucket|sum|count)$/, ''))!,
      ),
    );
    for (const [wiring, sources] of Object.entries(told)) {
      const has = specs.some((spec) => spec.sources.some((source) => sources.includes(source)));
      assert.equal(has, empty?.wiring !== wiring, `${title} in ${wiring}`);
    }
  }
});

test('the choice of job and instance goes into every selector', () => {
  assert.equal(
    scoped('sum(rate(twinleg_a_total{x="y"}[1m])) / up'),
    'sum(rate(twinleg_a_total{job=~"$job", instance=~"$instance", x="y"}[1m])) / up{job=~"$job", instance=~"$instance"}',
  );
});

test('what Grafana imports holds no data source, no id of its own, and each panel and target is told apart', () => {
  for (const text of Object.values(dashboardFiles())) {
    const { id, panels, templating } = JSON.parse(text);
    assert.equal(id ?? null, null);
    const ids = panels.map((panel: { id: number }) => panel.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      templating.list.map(({ name }: { name: string }) => name),
      ['datasource', 'job', 'instance', 'runbook'],
    );
    for (const { type, datasource, targets = [], links = [] } of panels) {
      if (type === 'row') continue;
      assert.equal(datasource.uid, `\${datasource}`);
      assert.equal(links.length, 1);
      const refIds = targets.map(({ refId }: { refId: string }) => refId);
      assert.ok(refIds.length > 0 && new Set(refIds).size === refIds.length);
    }
  }
});

test('the ten core figures are on the dashboards', () => {
  const shown = PANELS.flatMap(({ queries }) => queries.map(({ expr }) => expr)).join('\n');
  for (const { record, expr } of CORE_KPIS) {
    for (const [name] of expr.matchAll(/twinleg_\w+/g)) assert.ok(shown.includes(name), `${record}: ${name}`);
  }
});
