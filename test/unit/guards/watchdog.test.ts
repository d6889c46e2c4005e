import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { Watchdog } from '#core/engine/watchdog.ts';
import { type TestMachine, testMachine } from '../../support/machine.ts';
import { BTC, deep, T0 } from './cases.ts';

/** An open position at T0 + 10. */
function opened(strategy: object = {}): TestMachine {
  const t = testMachine({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 0 }, strategy } });
  t.machine.start(T0);
  quotes(t, T0, 140_000);
  quotes(t, T0 + 10, 142_000);
  return t;
}

function quotes(t: TestMachine, atMs: number, bid: number, shown = deep): void {
  t.fx(atMs, 1400, 1400.5);
  t.quote(atMs, 'binance', BTC, [[100, shown]], [[100.01, shown]]);
  t.quote(atMs, 'upbit', BTC, [[bid, shown]], [[bid + 50, shown]]);
}

function told(t: TestMachine): string[] {
  return createHistory(t.database)
    .alerts(20)
    .filter(({ code }) => code.startsWith('POSITION'))
    .map(({ code, severity }) => `${code} ${severity}`)
    .reverse();
}

test('an open position without fresh quotes: P2 after 10 s, P1 after 60 s, each once, and anew after it was judged', () => {
  const t = opened();
  t.machine.advanceTo(T0 + 9_900);
  assert.deepEqual(told(t), []);
  t.machine.advanceTo(T0 + 59_000);
  assert.deepEqual(told(t), ['POSITION_UNJUDGEABLE P2']);
  t.machine.advanceTo(T0 + 100_000);
  assert.deepEqual(told(t), ['POSITION_UNJUDGEABLE P1'], 'the same alert, worse');
  quotes(t, T0 + 100_500, 142_000);
  t.machine.advanceTo(T0 + 109_000);
  assert.equal(told(t).length, 1);
  t.machine.advanceTo(T0 + 120_000);
  assert.deepEqual(told(t), ['POSITION_UNJUDGEABLE P1', 'POSITION_UNJUDGEABLE P2']);
  t.close();
});

test('a book too thin to close on cannot be judged; quotes that come are', () => {
  const t = opened();
  for (let second = 1; second <= 30; second++) quotes(t, T0 + second * 1000, 142_000);
  assert.deepEqual(told(t), []);
  for (let second = 31; second <= 50; second++) quotes(t, T0 + second * 1000, 142_000, 0.001);
  assert.deepEqual(told(t), ['POSITION_UNJUDGEABLE P2']);
  t.close();
});

test('a position held past its maximum is told of once', () => {
  const t = opened({ maxHoldSeconds: 8 });
  t.machine.advanceTo(T0 + 12_900);
  assert.deepEqual(
    told(t).filter((line) => line.startsWith('POSITION_OVERDUE')),
    [],
  );
  t.machine.advanceTo(T0 + 60_000);
  assert.deepEqual(
    told(t).filter((line) => line.startsWith('POSITION_OVERDUE')),
    ['POSITION_OVERDUE P1'],
  );
  t.close();
});

test('an exit that moves nothing for half a minute is told of once', () => {
  const t = opened();
  const { engine } = t.machine;
  const closing = { ...engine.states[0]!.pair!, state: 'CLOSING' as const, phaseDecidedAtMs: T0 };
  const watchdog = new Watchdog();
  const codes = (atMs: number) => {
    const alerts = watchdog.second(closing, atMs, engine.settings);
    watchdog.told(closing, alerts);
    return alerts.map(({ code }) => code);
  };
  assert.deepEqual(codes(T0 + 29_999), []);
  assert.deepEqual(codes(T0 + 30_000), ['EXIT_UNMOVED']);
  assert.deepEqual(codes(T0 + 31_000), []);
  t.close();
});

test('a gap of many days that is passed over leaves what going through it leaves', () => {
  const DAY = 86_400_000;
  const passed = opened();
  passed.machine.advanceTo(T0 + 2 * DAY + 500);
  const walked = opened();
  for (let atMs = T0; atMs <= T0 + 2 * DAY; atMs += DAY / 2) walked.machine.advanceTo(atMs);
  walked.machine.advanceTo(T0 + 2 * DAY + 500);
  const kept = ({ machine, database }: TestMachine) => ({
    state: machine.store.load(),
    alerts: createHistory(database).alerts(50),
    decisions: createHistory(database).decisions(BTC, 50),
  });
  assert.ok(kept(passed).alerts.some(({ code }) => code === 'POSITION_OVERDUE'));
  assert.deepEqual(kept(passed), kept(walked));
});
