import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALERT_CODES, alertSpec, runbookOf } from '#core/alerts/catalogue.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { STANDING_GUARDS } from '#core/guards/index.ts';
import { METRICS } from '#core/metrics.ts';

test('the catalogue holds at least twenty alerts, of which Prometheus judges at least eight, each complete', () => {
  assert.ok(ALERT_CODES.length >= 20);
  assert.ok(ALERT_CODES.filter((code) => alertSpec(code).prometheus !== null).length >= 8);
  for (const code of ALERT_CODES) {
    const { title, condition, action, severity, worsens } = alertSpec(code);
    assert.match(code, /^[A-Z][A-Z_]+$/);
    assert.match(title, /^[A-Z].*[^.]$/, code);
    assert.match(condition, /[^.]$/, code);
    assert.match(action, /^[A-Z].*\.$/, code);
    if (worsens !== undefined) assert.ok(worsens < severity, code);
  }
  assert.equal(new Set(ALERT_CODES.map(runbookOf)).size, ALERT_CODES.length);
});

test('a rule asks for metrics that are served', () => {
  const names = new Set<string>(Object.values(METRICS).map(({ name }) => name));
  for (const code of ALERT_CODES) {
    for (const [name] of alertSpec(code).prometheus?.expr.matchAll(/twinleg_\w+/g) ?? [])
      assert.ok(names.has(name.replace(/_(sum|count|bucket)$/, '')) || names.has(name), `${code}: ${name}`);
  }
});

test('every guard that sets the trading state has its alert', () => {
  for (const { code } of STANDING_GUARDS) assert.equal(alertSpec(code).source, 'guard');
});

test('one cause has one fingerprint; its end has the same', () => {
  const fired = raise('VENUE_DOWN', 'upbit', 1, 'silent');
  assert.equal(fired.severity, 'P1');
  assert.equal(resolve('VENUE_DOWN', 'upbit', 2, 'heard').fingerprint, fired.fingerprint);
  assert.notEqual(raise('VENUE_DOWN', 'binance', 1, 'silent').fingerprint, fired.fingerprint);
  assert.notEqual(raise('VENUE_DOWN', 'upbit', 2, 'silent').id, fired.id);
});
