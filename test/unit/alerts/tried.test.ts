import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ALERT_CODES, alertSpec } from '#core/alerts/catalogue.ts';
import { INCIDENTS } from '../../../incidents/registry.ts';
import { RULE_CASES } from '../../support/observability/rule-cases.ts';
import { WATCH_CASES } from './watch-cases.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** Tried silent and firing by these tests, beside the incidents, the rules of Prometheus and the watch of a run. */
const BY_TEST: Readonly<Record<string, readonly string[]>> = {
  'test/unit/core/execution.test.ts': ['OUTCOME_UNKNOWN', 'NAKED_LEG', 'NAKED_LEG_CRITICAL'],
  'test/unit/guards/watchdog.test.ts': ['POSITION_UNJUDGEABLE', 'POSITION_OVERDUE', 'EXIT_UNMOVED'],
  'test/unit/guards/cases.ts': [
    'DAILY_LOSS',
    'DRAWDOWN',
    'ERROR_RATE',
    'CLOCK_SKEW',
    'VENUE_DOWN',
    'DISK_FULL',
    'RECONCILE_MISMATCH',
    'FX_INSANE',
    'COMMON_MODE',
    'SPREAD_INSANE',
    'BOOK_FROZEN',
    'CONSECUTIVE_LOSSES',
    'SYMBOL_DAILY_LOSS',
  ],
  'test/integration/universe.test.ts': ['UNIVERSE_STALE'],
  'test/integration/alerts.test.ts': ['MESSAGE_REFUSED', 'CONFIG_WARNING', 'EXTERNAL_ALERT', 'TEST_ALERT'],
};

test('each alert of the catalogue is tried silent and firing: by an incident, a rule’s case or a test', async () => {
  const incidents = await Promise.all(Object.values(INCIDENTS).map(async (load) => (await load()).incident));
  const tried = new Set([
    ...incidents.flatMap(({ expected }) => Object.keys(expected)),
    ...Object.keys(RULE_CASES),
    ...Object.keys(WATCH_CASES),
    ...Object.values(BY_TEST).flat(),
  ]);
  assert.deepEqual(
    ALERT_CODES.filter((code) => !tried.has(code)),
    [],
  );
  for (const [file, codes] of Object.entries(BY_TEST)) {
    const text = readFileSync(`${ROOT}${file}`, 'utf8');
    for (const code of codes) {
      const shown = [code, alertSpec(code as (typeof ALERT_CODES)[number]).title];
      assert.ok(
        shown.some((word) => text.includes(word)),
        `${file} speaks of ${code}`,
      );
    }
  }
});

test('each alert that one process can raise is raised somewhere', () => {
  const files = globSync(['core/**/*.ts', 'adapters/**/*.ts', 'cli/**/*.ts'], { cwd: ROOT }).filter(
    (file) => !file.startsWith('core/alerts/catalogue') && !file.endsWith('inhibition.ts'),
  );
  const text = files.map((file) => readFileSync(`${ROOT}${file}`, 'utf8')).join('\n');
  const unraised = ALERT_CODES.filter(
    (code) => alertSpec(code).source !== 'alertmanager' && !text.includes(`'${code}'`),
  );
  assert.deepEqual(unraised, []);
});
