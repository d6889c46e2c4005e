import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { GUARD_ALERTS } from '#core/alerts/catalogue/guards.ts';
import { GUARDS } from '#core/guards/index.ts';
import type { TestMachine } from '../../support/machine.ts';
import { BTC, balances, CASES, control, deep, T0, tempt } from './cases.ts';

test('every guard has a case', () => {
  assert.deepEqual(
    Object.keys(CASES),
    GUARDS.map(({ code }) => code),
  );
});

for (const [code, { fires, passes }] of Object.entries(CASES)) {
  test(`${code} refuses`, () => {
    const { refusals, t } = tempt(fires);
    assert.deepEqual(refusals.at(0), code);
    const record = createHistory(t.database).decisions(BTC, 1)[0]!;
    const verdict = record.guards.find(({ name }) => name === code)!;
    assert.equal(verdict.passed, false);
    assert.notEqual(verdict.value, undefined);
    assert.notEqual(verdict.limit, undefined);
    t.machine.advanceTo(record.atMs + 1000);
    assert.equal(alerts(t).includes(code), Object.hasOwn(GUARD_ALERTS, code), 'a guard that has an alert raises it');
    t.close();
  });
  test(`${code} lets pass`, () => {
    const { refusals, entered, t } = tempt(passes);
    assert.deepEqual(refusals, []);
    assert.ok(entered);
    assert.ok(!alerts(t).includes(code));
    t.close();
  });
}

function alerts({ database }: TestMachine): string[] {
  return createHistory(database)
    .alerts(50)
    .map(({ code }) => code);
}

test('a refusal is stored when it begins and when it ends, with a count', () => {
  const { t } = tempt({ prepare: control('HALTED') });
  for (let i = 1; i <= 5; i++) t.quote(T0 + 100 + i, 'upbit', BTC, [[142_000 + i, deep]], [[142_050, deep]]);
  t.quote(T0 + 200, 'upbit', BTC, [[140_000, deep]], [[140_050, deep]]);
  t.machine.advanceTo(T0 + 3000);
  const [ended, began] = createHistory(t.database).decisions(BTC, 5);
  assert.equal(began?.decision, 'REFUSED');
  assert.equal(ended?.decision, 'REFUSAL_ENDED');
  assert.equal(ended?.inputs.count, 6);
  assert.equal(ended?.inputs.beganAtMs, began?.atMs);
  assert.deepEqual(
    createHistory(t.database)
      .triggers()
      .map(({ guard, count }) => [guard, count]),
    [['KILL_SWITCH', 1]],
  );
  t.close();
});

test('without guards SPEC’s own limits stay and the others are off', () => {
  assert.ok(tempt({ bid: 150_000, guardsOn: false }).entered, 'an insane spread');
  assert.ok(tempt({ raw: balances(0), guardsOn: false }).entered, 'no inventory');
  assert.deepEqual(tempt({ ...CASES.COOLDOWN!.fires, guardsOn: false }).refusals, ['COOLDOWN']);
  assert.deepEqual(tempt({ prepare: control('HALTED'), guardsOn: false }).refusals, ['KILL_SWITCH']);
});
