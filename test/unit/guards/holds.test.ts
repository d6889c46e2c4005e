import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { operatorChange } from '#adapters/wiring/control.ts';
import type { ControlState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Fill, Pair } from '#core/execution/types.ts';
import { countedPnlUsdt } from '#core/guards/losses.ts';
import { type TestMachine, testMachine } from '../../support/machine.ts';
import { BTC, deep, fast, lose, T0 } from './cases.ts';

const HOUR_MS = 3_600_000;

function start(raw: object = {}, more: Partial<Parameters<typeof testMachine>[0]> = {}, atMs = T0): TestMachine {
  const t = testMachine({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 0 }, ...raw }, ...more });
  t.machine.start(atMs);
  calm(t, atMs);
  return t;
}

function calm(t: TestMachine, atMs: number): void {
  t.fx(atMs, 1400, 1400.5);
  t.quote(atMs, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.quote(atMs, 'upbit', BTC, [[140_000, deep]], [[140_050, deep]]);
}

/** Tempts with a wide gap; tells who refused, or null where it was entered. */
function tempted(t: TestMachine, atMs: number): string | null {
  t.quote(atMs, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
  const [last] = createHistory(t.database).decisions(BTC, 1);
  assert.equal(last?.atMs, atMs);
  return last.decision === 'ENTER' ? null : last.code;
}

const stateOf = ({ tradingState, setBy, holding }: ControlState) => [
  tradingState,
  setBy,
  holding.map(({ code }) => code),
];

test('with several guards holding the state stays until all are gone', () => {
  const t = start();
  const { machine } = t;
  machine.measure({ kind: 'disk', freeBytes: 1 }, T0 + 1);
  machine.measure({ kind: 'reconcile', mismatch: 'a coin is missing' }, T0 + 2);
  assert.deepEqual(stateOf(machine.engine.control), ['REDUCE_ONLY', 'DISK_FULL', ['DISK_FULL', 'RECONCILE_MISMATCH']]);
  machine.measure({ kind: 'disk', freeBytes: 1e12 }, T0 + 3);
  assert.deepEqual(stateOf(machine.engine.control), ['REDUCE_ONLY', 'RECONCILE_MISMATCH', ['RECONCILE_MISMATCH']]);
  assert.equal(tempted(t, T0 + 4), 'RECONCILE_MISMATCH');
  machine.measure({ kind: 'reconcile', mismatch: null }, T0 + 5);
  assert.deepEqual(stateOf(machine.engine.control), ['ACTIVE', 'operator', []]);
  assert.equal(tempted(t, T0 + 6), null);
  t.close();
});

test('a guard never lowers what the operator asked for, and resume is refused while one holds', () => {
  const t = start();
  const { machine } = t;
  const operator = (action: 'halt' | 'pause' | 'resume', atMs: number) =>
    machine.control(machine.store.changeControl(operatorChange(machine.store.control(), action, 'test', atMs)), atMs);
  operator('halt', T0 + 1);
  machine.measure({ kind: 'disk', freeBytes: 1 }, T0 + 2);
  assert.deepEqual(stateOf(machine.engine.control), ['HALTED', 'operator', ['DISK_FULL']]);
  assert.throws(
    () => operator('resume', T0 + 3),
    (error) => error instanceof TwinlegError && /DISK_FULL still holds: 1 bytes/.test(error.message),
  );
  operator('pause', T0 + 4);
  machine.measure({ kind: 'disk', freeBytes: 1e12 }, T0 + 5);
  assert.deepEqual(stateOf(machine.engine.control), ['REDUCE_ONLY', 'operator', []]);
  operator('resume', T0 + 6);
  assert.equal(machine.engine.control.tradingState, 'ACTIVE');
  t.close();
});

test('a hold is told of: one alert, one record, one trigger for all symbols', () => {
  const alerts: string[] = [];
  const t = start(fast({ dailyLoss: { maxUsdt: 5 } }), { observer: { alert: ({ code }) => alerts.push(code) } });
  lose(t);
  t.machine.advanceTo(T0 + 5000);
  const history = createHistory(t.database);
  assert.deepEqual(alerts, ['DAILY_LOSS']);
  assert.deepEqual(
    history.alerts(9).map(({ code, severity }) => [code, severity]),
    [['DAILY_LOSS', 'P1']],
  );
  assert.deepEqual(
    history.decisions('ALL', 9).map(({ decision, code }) => [decision, code]),
    [['HELD', 'DAILY_LOSS']],
  );
  assert.deepEqual(
    history.triggers().map(({ symbol, guard, count }) => [symbol, guard, count]),
    [['ALL', 'DAILY_LOSS', 1]],
  );
  t.close();
});

test('losses, pause and entries survive a restart', () => {
  const raw = fast({ consecutiveLosses: { max: 1 }, dailyLoss: { maxUsdt: 5 } });
  const first = start(raw);
  lose(first);
  const { database } = first;
  for (const [guards, code] of [
    [{ dailyLoss: { maxUsdt: 5 } }, 'DAILY_LOSS'],
    [{ drawdown: { maxUsdt: 5 } }, 'DRAWDOWN'],
    [{ tradesPerMinute: { max: 1 } }, 'TRADES_PER_MINUTE'],
    [{ consecutiveLosses: { max: 1 } }, 'CONSECUTIVE_LOSSES'],
    [{ symbolDailyLoss: { maxUsdt: 5 }, consecutiveLosses: { max: null } }, 'SYMBOL_DAILY_LOSS'],
  ] as const) {
    const again = start(fast(guards), { database, epoch: 2 }, T0 + 1000);
    again.quote(T0 + 1100, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
    assert.equal(createHistory(database).decisions(BTC, 1)[0]?.code, code);
    database.db.exec("DELETE FROM decision WHERE decision LIKE 'REFUS%'");
  }
  first.close();
});

test('the day rolls over at its hour, once, also when the process slept through it', () => {
  const raw = { ...fast({ dailyLoss: { maxUsdt: 5 }, symbolDailyLoss: { maxUsdt: 5 } }), day: { rolloverHour: 9 } };
  const rollover = (Math.floor(T0 / (24 * HOUR_MS)) + 1) * 24 * HOUR_MS + 9 * HOUR_MS;
  const first = start(raw);
  lose(first);
  const { database } = first;
  const before = start(raw, { database, epoch: 2 }, rollover - 500);
  assert.equal(tempted(before, rollover - 100), 'DAILY_LOSS');
  before.machine.advanceTo(rollover);
  assert.equal(before.machine.engine.control.tradingState, 'ACTIVE', 'it lifts itself with the new day');
  assert.equal(tempted(before, rollover + 1), null);
  first.close();

  const other = start(raw);
  lose(other);
  const after = start(raw, { database: other.database, epoch: 2 }, rollover + 50 * HOUR_MS);
  assert.equal(after.machine.engine.control.tradingState, 'ACTIVE');
  assert.equal(tempted(after, rollover + 50 * HOUR_MS + 1), null);
  const day = () => after.machine.engine.world.tally;
  after.quote(rollover + 50 * HOUR_MS + 2, 'upbit', BTC, [[140_000, deep]], [[144_000, deep]]);
  assert.ok(Number(day().dayPnlUsdt) > -10, 'yesterday’s loss is not in today’s');
  assert.ok(Number(day().pnlUsdt) < -10, 'and is in the whole');
  other.close();
});

test('without guards a hold of an earlier run is lifted at once', () => {
  const first = start(fast({ dailyLoss: { maxUsdt: 5 } }));
  lose(first);
  assert.equal(first.machine.engine.control.tradingState, 'REDUCE_ONLY');
  const again = start({}, { database: first.database, epoch: 2, guardsOn: false }, T0 + 61_000);
  assert.deepEqual(stateOf(again.machine.engine.control), ['ACTIVE', 'operator', []]);
  assert.equal(tempted(again, T0 + 61_100), null);
  first.close();
});

test('a hold of an earlier run stays until it is measured again', () => {
  const first = start();
  first.machine.measure({ kind: 'clock', skewMs: 5000 }, T0 + 1);
  first.machine.measure({ kind: 'disk', freeBytes: 1 }, T0 + 1);
  first.machine.measure({ kind: 'reconcile', mismatch: 'a coin is missing' }, T0 + 1);
  const { machine } = start({}, { database: first.database, epoch: 2 }, T0 + 3000);
  machine.advanceTo(T0 + 5000);
  assert.equal(machine.engine.control.holding.length, 3);
  machine.measure({ kind: 'clock', skewMs: 5 }, T0 + 5001);
  machine.measure({ kind: 'disk', freeBytes: 1e12 }, T0 + 5002);
  assert.equal(machine.engine.control.tradingState, 'REDUCE_ONLY');
  machine.measure({ kind: 'reconcile', mismatch: null }, T0 + 5003);
  assert.equal(machine.engine.control.tradingState, 'ACTIVE');
  first.close();
});

test('a hold that meets a change of the operator takes it over first', () => {
  const heard: string[] = [];
  const t = start({}, { observer: { control: (control, origin) => heard.push(`${origin} ${control.tradingState}`) } });
  t.machine.store.changeControl(operatorChange(t.machine.store.control(), 'halt', 'meanwhile', T0 + 1));
  t.machine.measure({ kind: 'disk', freeBytes: 1 }, T0 + 2);
  assert.deepEqual(heard, ['outside HALTED', 'engine HALTED']);
  assert.deepEqual(stateOf(t.machine.engine.control), ['HALTED', 'operator', ['DISK_FULL']]);
  t.close();
});

test('errors are counted over a minute', () => {
  const t = start();
  for (let s = 0; s < 11; s++) {
    calm(t, T0 + s * 1000);
    t.machine.measure({ kind: 'errors', count: 1 }, T0 + s * 1000 + 100);
  }
  assert.equal(t.machine.engine.control.setBy, 'ERROR_RATE');
  for (let s = 11; s < 61; s++) calm(t, T0 + s * 1000);
  assert.equal(t.machine.engine.world.outside.errorsInMinute, 10);
  assert.equal(t.machine.engine.control.tradingState, 'ACTIVE');
  t.machine.advanceTo(T0 + 3600_000);
  assert.equal(t.machine.engine.world.outside.errorsInMinute, 0);
  t.close();
});

test('the loss guards count the worse of what was booked and what the accounts show', () => {
  const fill = (side: 'buy' | 'sell', amount: string, fxBid: string, fxAsk: string, amountUsdt: string): Fill => ({
    orderId: side,
    venue: 'upbit',
    side,
    quantity: '1',
    decidedPrice: '1',
    price: amount,
    amount,
    currency: 'KRW',
    fee: '0',
    feeAsset: 'KRW',
    fxBid,
    fxAsk,
    amountUsdt,
    feeUsdt: '0',
    atMs: T0,
  });
  const counted = (fills: Fill[]) => countedPnlUsdt({ fills } as unknown as Pair).toNumber();
  // Sold at 1400 and bought back at 1000 won per USDT: 140 won are left over.
  assert.equal(
    counted([fill('sell', '1400', '1400', '1400', '1'), fill('buy', '1260', '1000', '1000', '-1.26')]),
    -0.26,
  );
  // The accounts show −140 won at 700; the booking shows a gain.
  assert.equal(counted([fill('sell', '1260', '700', '700', '1.8'), fill('buy', '1400', '700', '700', '-1')]), -0.2);
});
