import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { TwinlegError } from '#core/errors.ts';
import type { CommitRequest, Store } from '#core/ports/store.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from '../../support/machine.ts';

const BTC = 'BTC/USDT';
const T0 = 1_700_000_000_000;
const deep = 1e4;

type Call = 'commit' | 'hold' | 'seed' | 'record';

/** A machine whose store fails where `fails` says so. */
function start(fails: (what: Call, request: CommitRequest | null) => boolean, raw = {}) {
  const failures: unknown[] = [];
  const check = (what: Call, request: CommitRequest | null = null) => {
    if (fails(what, request)) throw new TwinlegError('STORE_FAILED', 'disk I/O error', 'none');
  };
  const wrapStore = (store: Store): Store => ({
    ...store,
    commit: (request) => {
      check('commit', request);
      return store.commit(request);
    },
    hold: (request) => {
      check('hold');
      return store.hold(request);
    },
    seedBalances: (changes) => {
      check('seed');
      store.seedBalances(changes);
    },
    record: (decisions, alerts) => {
      check('record');
      store.record(decisions, alerts);
    },
  });
  const whole = { universe: { symbols: [BTC] }, paper: { latencyMs: 0 }, ...raw };
  const t = machineOf({ raw: whole, wrapStore, failed: (error) => failures.push(error) });
  /** What failed since it was asked last. */
  return { ...t, failed: () => failures.splice(0).length };
}

function machineOf(options: TestMachineOptions): TestMachine {
  const t = testMachine(options);
  t.machine.start(T0);
  return t;
}

function quoteAll(t: TestMachine, atMs: number, upbitBid = 142_000): void {
  t.fx(atMs, 1400, 1400.5);
  t.quote(atMs, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.quote(atMs, 'upbit', BTC, [[upbitBid, deep]], [[upbitBid + 50, deep]]);
}

const pairOf = (t: TestMachine) => t.machine.engine.states[0]!.pair;

test('the write before the entry orders fails: it is tried again at the next second, within the expiry', () => {
  let broken = true;
  const t = start((_what, request) => broken && request?.transition.pair.state === 'LEGS_SENT');
  quoteAll(t, T0 + 10);
  assert.ok(t.failed() > 0);
  assert.equal(pairOf(t)?.state, 'PLANNED');
  broken = false;
  t.machine.advanceTo(T0 + 1000);
  assert.equal(pairOf(t)?.state, 'OPEN');
  t.close();
});

test('… and past the expiry it is EXPIRED, its exposure given back', () => {
  let broken = true;
  const t = start((_what, request) => broken && request?.transition.pair.state === 'LEGS_SENT');
  quoteAll(t, T0 + 10);
  t.machine.advanceTo(T0 + 1000);
  assert.equal(t.failed(), 2);
  broken = false;
  t.machine.advanceTo(T0 + 2000);
  assert.equal(pairOf(t), null);
  assert.equal(t.machine.engine.exposure.totalUsdt, '0');
  assert.equal(createHistory(t.database).trades().length, 0);
  t.close();
});

test('an answer whose write fails is asked for again', () => {
  let broken = true;
  const t = start((_what, request) => broken && (request?.transition.fills.length ?? 0) > 0);
  quoteAll(t, T0 + 10);
  assert.ok(t.failed() > 0);
  assert.equal(pairOf(t)?.state, 'LEGS_SENT');
  broken = false;
  t.machine.advanceTo(T0 + 6000);
  assert.equal(pairOf(t)?.state, 'OPEN');
  assert.equal(pairOf(t)?.fills.length, 2);
  t.close();
});

test('a failure between the last answer and the end of its hold leaves no hold behind', () => {
  const lost = { paper: { latencyMs: 0, faults: { lostAnswerRate: 1 } } };
  let broken = true;
  const t = start((what) => broken && what === 'hold', lost);
  for (let ms = 10; ms < 9_000; ms += 500) quoteAll(t, T0 + ms);
  assert.ok(t.failed() > 0);
  assert.ok(t.machine.engine.control.holding.some(({ code }) => code === 'OUTCOME_UNKNOWN'));
  broken = false;
  const next = machineOf({ raw: { universe: { symbols: [BTC] }, ...lost }, database: t.database, epoch: 2 });
  assert.ok(!next.machine.engine.control.holding.some(({ code }) => code === 'OUTCOME_UNKNOWN'), 'a start ends it');
  t.close();
});

test('first balances whose write fails are given at the next tick', () => {
  let broken = true;
  const t = start((what) => broken && what === 'seed');
  quoteAll(t, T0 + 10);
  assert.ok(t.failed() > 0);
  broken = false;
  quoteAll(t, T0 + 20);
  assert.equal(pairOf(t)?.state, 'OPEN');
  t.close();
});

test('due work that fails costs neither the frame at hand nor what else is due', () => {
  let broken = false;
  const t = start(() => broken, { paper: { latencyMs: 50 } });
  quoteAll(t, T0 + 10);
  broken = true;
  // Both answers are due before this frame, and neither can be written.
  t.quote(T0 + 100, 'binance', BTC, [[101, deep]], [[101.01, deep]]);
  assert.equal(t.failed(), 2);
  const { binance } = t.machine.joiner.markets[0]!;
  assert.deepEqual([binance.bid.price[0], binance.receivedAtMs], [101, T0 + 100]);
  assert.equal(t.machine.sequencer.nowMs, T0 + 100);
  broken = false;
  t.machine.advanceTo(T0 + 7000);
  assert.equal(pairOf(t)?.state, 'OPEN');
  t.close();
});

test('a refusal begins and ends with the write that succeeds', () => {
  let broken = false;
  const t = start((what) => broken && what === 'record');
  const { store } = t.machine;
  t.machine.control(
    store.changeControl({ tradingState: 'REDUCE_ONLY', reason: 'test', flatten: false, atMs: T0 }),
    T0 + 1,
  );
  const told = () => createHistory(t.database).decisions(BTC, 10);
  broken = true;
  quoteAll(t, T0 + 10);
  assert.equal(told().length, 0);
  broken = false;
  for (const ms of [20, 30]) quoteAll(t, T0 + ms);
  assert.deepEqual(
    told().map(({ decision, atMs }) => [decision, atMs]),
    [['REFUSED', T0 + 20]],
  );
  broken = true;
  t.machine.advanceTo(T0 + 3000);
  broken = false;
  t.machine.advanceTo(T0 + 4000);
  assert.ok(t.failed() > 1);
  assert.deepEqual(
    told().map(({ decision, atMs, inputs }) => [decision, atMs, inputs.count]),
    [
      ['REFUSAL_ENDED', T0 + 30, 6],
      ['REFUSED', T0 + 20, undefined],
    ],
  );
  t.close();
});

test('an alert of the watchdog whose write fails is told at the next second', () => {
  let broken = false;
  const t = start((what) => broken && what === 'record');
  const told = () => {
    const codes = createHistory(t.database).alerts(10);
    return codes.map(({ code }) => code).filter((code) => code.startsWith('POSITION'));
  };
  quoteAll(t, T0 + 10);
  assert.equal(pairOf(t)?.state, 'OPEN');
  broken = true;
  t.machine.advanceTo(T0 + 12_000);
  assert.ok(t.failed() > 0);
  assert.deepEqual(told(), []);
  broken = false;
  t.machine.advanceTo(T0 + 30_000);
  assert.deepEqual(told(), ['POSITION_UNJUDGEABLE']);
  t.close();
});
