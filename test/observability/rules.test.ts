import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runbookOf } from '#core/alerts/catalogue.ts';
import { findProgram, missingPrograms } from '../../infra/observability/binaries.ts';
import { prometheusFiles } from '../../infra/prometheus/files.ts';
import { PROMETHEUS_ALERTS } from '../../infra/prometheus/rules.ts';
import { toYaml } from '../../infra/yaml.ts';
import { withDirectory } from '../support/cli.ts';
import { RULE_CASES, type RuleCase } from '../support/observability/rule-cases.ts';

const RULES = new URL('../../infra/prometheus/', import.meta.url).pathname;
const skip = missingPrograms('promtool', 'amtool') ?? false;

test('the files of infra/prometheus are as the catalogues make them (npm run generate)', () => {
  for (const [name, text] of Object.entries(prometheusFiles())) {
    assert.equal(readFileSync(join(RULES, name), 'utf8'), text, name);
  }
});

test('each alert that Prometheus judges is tried both ways', () => {
  assert.ok(PROMETHEUS_ALERTS.length >= 8);
  assert.deepEqual(Object.keys(RULE_CASES).sort(), PROMETHEUS_ALERTS.map(({ code }) => code).sort());
});

test('promtool: every rule fires where it should and is silent where it should', { skip }, async () => {
  await withDirectory(async (directory) => {
    const tests = PROMETHEUS_ALERTS.flatMap(({ code, severity, title, condition, action }) => {
      const { at, fires, silent, labels } = RULE_CASES[code]!;
      const annotations = { summary: title, description: `When ${condition}.`, action, runbook: runbookOf(code) };
      const alert = { exp_labels: { severity, ...labels }, exp_annotations: annotations };
      return [trial(code, at, fires, [alert]), trial(code, at, silent, [])];
    });
    tried(directory, tests);
  });
});

test('promtool: of two runs the one that fails is named; what many functions push is judged together', {
  skip,
}, async () => {
  await withDirectory(async (directory) => {
    const errors = (job: string, instance: string) =>
      `twinleg_errors_total{job="${job}",instance="${instance}",code="STORE_BUSY"}`;
    const { title, condition, action, severity } = PROMETHEUS_ALERTS.find(({ code }) => code === 'ERROR_RATE')!;
    const annotations = { summary: title, description: `When ${condition}.`, action, runbook: runbookOf('ERROR_RATE') };
    const alert = (labels: object) => ({ exp_labels: { severity, ...labels }, exp_annotations: annotations });
    const runs = { [errors('twinleg', 'a')]: '0x17 20x3', [errors('twinleg', 'b')]: '0x17 1x3' };
    const functions = {
      [errors('twinleg-evaluate', '1')]: '0x17 7x3',
      [errors('twinleg-execute', '2')]: '0x17 7x3',
      [errors('twinleg', 'b')]: '0x17 1x3',
    };
    const few = { [errors('twinleg', 'a')]: '0x17 7x3', [errors('twinleg', 'b')]: '0x17 7x3' };
    tried(directory, [
      trial('ERROR_RATE', '5m', runs, [alert({ job: 'twinleg', instance: 'a' })]),
      trial('ERROR_RATE', '5m', functions, [alert({})]),
      trial('ERROR_RATE', '5m', few, []),
    ]);
  });
});

function tried(directory: string, tests: ReturnType<typeof trial>[]): void {
  const file = join(directory, 'rules.test.yml');
  const rules = [join(RULES, 'alerts.yml'), join(RULES, 'recording.yml')];
  writeFileSync(file, toYaml({ rule_files: rules, evaluation_interval: '15s', tests }));
  run('promtool', 'test', 'rules', file);
}

function trial(alertname: string, at: string, series: RuleCase['fires'], expected: readonly object[]) {
  return {
    interval: '15s',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: at, alertname, exp_alerts: expected as never }],
  };
}

test('promtool and amtool take the configurations', { skip }, () => {
  run('promtool', 'check', 'config', join(RULES, 'prometheus.yml'));
  run('amtool', 'check-config', join(RULES, 'alertmanager.yml'));
});

test('amtool: alerts go by their severity, the watchdog to the far end, a dead process straight to the operator', {
  skip,
}, () => {
  const config = `--config.file=${join(RULES, 'alertmanager.yml')}`;
  const route = (...labels: string[]) => run('amtool', 'config', 'routes', 'test', config, ...labels).trim();
  assert.equal(route('alertname=NAKED_LEG', 'severity=P0'), 'twinleg');
  assert.equal(route('alertname=LOOP_LATENCY', 'severity=P1'), 'twinleg');
  assert.equal(route('alertname=BAD_FRAMES', 'severity=P2'), 'twinleg');
  assert.equal(route('alertname=LOW_ACTIVITY', 'severity=P3'), 'twinleg');
  assert.equal(route('alertname=TWINLEG_WATCHDOG', 'severity=none'), 'dead-man');
  assert.equal(route('alertname=ENGINE_CRASHED', 'severity=P0'), 'direct,twinleg');
});

/** Runs a program; fails with what it said. */
function run(program: 'promtool' | 'amtool', ...args: string[]): string {
  try {
    return execFileSync(findProgram(program)!, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return assert.fail(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}
