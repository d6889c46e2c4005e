import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlertWriter } from '#adapters/store/sqlite/alert-writer.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { alertSpec, isAlertCode } from '#core/alerts/catalogue.ts';
import { EXPLAINED_FOR_MS, EXPLAINS, explainedBy } from '#core/alerts/inhibition.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { AlertStore } from '../../support/alert-store.ts';

const T0 = 1_700_000_000_000;

test('what explains is an alert of the catalogue, no less grave than its symptoms, and explains no symptom of its own', () => {
  for (const [graver, symptoms] of Object.entries(EXPLAINS)) {
    assert.ok(isAlertCode(graver));
    for (const symptom of symptoms) {
      assert.ok(alertSpec(graver).severity <= alertSpec(symptom).severity, `${graver} and ${symptom}`);
      assert.ok(!explainedBy(graver).includes(symptom));
    }
  }
});

test('a symptom of what is known is kept and not told; its end neither', () => {
  const store = new AlertStore();
  store.write(raise('STORE_LOST', '', T0, 'no writes'), raise('ERROR_RATE', '', T0 + 100, '40 errors'));
  assert.deepEqual(store.states(), { waiting: 1, inhibited: 1 });
  store.write(resolve('ERROR_RATE', '', T0 + 200, 'gone'), resolve('STORE_LOST', '', T0 + 300, 'gone'));
  assert.deepEqual(store.states(), { waiting: 2, inhibited: 2 });
  assert.deepEqual(
    createHistory(store.database)
      .alerts(9)
      .map(({ code, inhibited }) => [code, inhibited]),
    [
      ['ERROR_RATE', true],
      ['STORE_LOST', undefined],
    ],
  );
});

test('a symptom that outlasts its cause is told once the cause has been gone for a while; one that gets worse at once', () => {
  const store = new AlertStore();
  const writer = createAlertWriter(store.database);
  const remind = (atMs: number) => store.database.transaction(() => writer.remind(atMs));
  store.write(raise('FX_STALE', '', T0, 'no rate'), raise('POSITION_UNJUDGEABLE', 'p1', T0 + 1, 'for 10 s'));
  store.write(raise('POSITION_UNJUDGEABLE', 'p2', T0 + 2, 'for 10 s'));
  store.write(raise('POSITION_UNJUDGEABLE', 'p2', T0 + 3, 'for 60 s', 'P1'));
  assert.deepEqual(store.states(), { waiting: 2, inhibited: 2 });
  store.write(resolve('FX_STALE', '', T0 + 10, 'heard'));
  assert.equal(remind(T0 + 10 + EXPLAINED_FOR_MS - 1), 0);
  assert.equal(remind(T0 + 10 + EXPLAINED_FOR_MS), 2);
  assert.deepEqual(store.states(), { waiting: 5 });
});

test('what no open alert explains is told as ever', () => {
  const store = new AlertStore();
  store.write(raise('VENUE_DOWN', '', T0, 'silent'), raise('ERROR_RATE', '', T0 + 1, '40 errors'));
  assert.deepEqual(store.states(), { waiting: 2 });
});
