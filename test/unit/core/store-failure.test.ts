import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { TwinlegError } from '#core/errors.ts';
import type { CommitRequest, Store } from '#core/ports/store.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from '../../support/machine.ts';

const BTC = 'BTC/USDT';
const T0 = 1_700_000_000_000;
const deep = 1e4;

/** A machine whose store fails where `fails` says so. */
function start(fails: (what: 'commit' | 'hold' | 'seed', request: CommitRequest | null) => boolean, raw = {}) {
  const check = (what: 'commit' | 'hold' | 'seed', request: CommitRequest | null = null) => {
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
  });
  return machineOf({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 0 }, ...raw }, wrapStore });
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
const failing = { code: 'STORE_FAILED' };

test('the write before the entry orders fails: it is tried again at the next second, within the expiry', () => {
  let broken = true;
  const t = start((_what, request) => broken && request?.transition.pair.state === 'LEGS_SENT');
  assert.throws(() => quoteAll(t, T0 + 10), failing);
  assert.equal(pairOf(t)?.state, 'PLANNED');
  broken = false;
  t.machine.advanceTo(T0 + 1000);
  assert.equal(pairOf(t)?.state, 'OPEN');
  t.close();
});

test('… and past the expiry it is EXPIRED, its exposure given back', () => {
  let broken = true;
  const t = start((_what, request) => broken && request?.transition.pair.state === 'LEGS_SENT');
  assert.throws(() => quoteAll(t, T0 + 10), failing);
  assert.throws(() => t.machine.advanceTo(T0 + 1000), failing);
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
  assert.throws(() => quoteAll(t, T0 + 10), failing);
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
  assert.throws(() => {
    for (let ms = 10; ms < 9_000; ms += 500) quoteAll(t, T0 + ms);
  }, failing);
  assert.ok(t.machine.engine.control.holding.some(({ code }) => code === 'OUTCOME_UNKNOWN'));
  broken = false;
  const next = machineOf({ raw: { universe: { symbols: [BTC] }, ...lost }, database: t.database, epoch: 2 });
  assert.ok(!next.machine.engine.control.holding.some(({ code }) => code === 'OUTCOME_UNKNOWN'), 'a start ends it');
  t.close();
});

test('first balances whose write fails are given at the next tick', () => {
  let broken = true;
  const t = start((what) => broken && what === 'seed');
  assert.throws(() => quoteAll(t, T0 + 10), failing);
  broken = false;
  quoteAll(t, T0 + 20);
  assert.equal(pairOf(t)?.state, 'OPEN');
  t.close();
});
