import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { imbalance } from '#core/execution/ledger.ts';
import type { Pair } from '#core/execution/types.ts';
import { tradeOf } from '#core/portfolio/trade.ts';
import { type TestMachine, testMachine } from '../../support/machine.ts';

const BTC = 'BTC/USDT';
const T0 = 1_700_000_000_000;
/** Binance 100 / 100.01 and a rate of 1400 / 1400.5: at parity Upbit stands near 140,030. */
const deep = 1e4;
const binance = { bids: [[100, deep]], asks: [[100.01, deep]] } as const;

function start(raw: object = {}): TestMachine {
  const t = testMachine({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 100 }, ...raw } });
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, binance.bids, binance.asks);
  return t;
}

const pairOf = (t: TestMachine): Pair | null => t.machine.engine.states[0]!.pair;
const upbit = (t: TestMachine, atMs: number, bid: number, ask: number, bidSize = deep, askSize = deep) =>
  t.quote(atMs, 'upbit', BTC, [[bid, bidSize]], [[ask, askSize]]);
const closed = (t: TestMachine) => createHistory(t.database).trades().map(tradeOf);

test('both legs leave together, fill after their latency, and the pair opens at the last fill', () => {
  const t = start({ paper: { latencyMs: { binance: 30, upbit: 80 } } });
  upbit(t, T0 + 10, 142_000, 142_050);
  assert.equal(pairOf(t)?.state, 'LEGS_SENT');
  t.machine.advanceTo(T0 + 39);
  assert.equal(pairOf(t)?.fills.length, 0);
  t.machine.advanceTo(T0 + 40);
  assert.equal(pairOf(t)?.fills.length, 1);
  t.machine.advanceTo(T0 + 90);
  assert.equal(pairOf(t)?.state, 'OPEN');
  assert.equal(pairOf(t)?.openedAtMs, T0 + 90);
  assert.equal(pairOf(t)?.nakedMs, 50);
  t.close();
});

test('an order fills by the book of its arrival: frames before count, frames at that moment do not', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  // The sale on Upbit arrives at T0 + 110; the book falls away at exactly that moment.
  upbit(t, T0 + 109, 142_001, 142_050);
  upbit(t, T0 + 110, 139_000, 139_050);
  assert.equal(pairOf(t)?.openedAtMs, T0 + 110);
  assert.equal(pairOf(t)?.fills.find((fill) => fill.venue === 'upbit')?.price, '142001');
  t.close();
});

test('nothing fills: no trade, EXPIRED, and the cooldown counts from the answer', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  upbit(t, T0 + 50, 139_000, 139_050);
  t.quote(T0 + 60, 'binance', BTC, [[104, deep]], [[104.01, deep]]);
  t.machine.advanceTo(T0 + 110);
  assert.equal(pairOf(t), null);
  assert.equal(t.machine.engine.states[0]?.cooldownUntilMs, T0 + 110 + 60_000);
  assert.equal(closed(t).length, 0);
  assert.equal(t.machine.engine.exposure.positions, 0);
  assert.equal(t.machine.engine.exposure.totalUsdt, '0');
  t.close();
});

test('one leg fails and unwinding is cheaper: the excess is sold where it lies and the pair ends UNWOUND', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  upbit(t, T0 + 50, 139_000, 139_050);
  t.machine.advanceTo(T0 + 110);
  assert.equal(pairOf(t)?.state, 'UNWINDING', 'selling on Upbit at 139,000 brings less than on Binance at 100');
  t.machine.advanceTo(T0 + 210);
  const [trade] = closed(t);
  assert.equal(trade?.reason, 'UNWOUND');
  assert.equal(trade?.closedAtMs, T0 + 210);
  assert.equal(trade?.fills.length, 2);
  assert.ok(trade!.pnlUsdt < 0 && trade!.pnlUsdt > -2);
  assert.equal(t.machine.engine.states[0]?.cooldownUntilMs, T0 + 210 + 60_000);
  t.close();
});

test('a part is missing and completing it is cheaper: it is chased once the answer is in', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050, 5);
  upbit(t, T0 + 50, 142_000, 142_050, 2);
  t.machine.advanceTo(T0 + 110);
  const pair = pairOf(t)!;
  assert.equal(pair.pending[0]?.purpose, 'chase');
  assert.equal(pair.chasesMade, 1);
  upbit(t, T0 + 150, 142_000, 142_050, 5);
  t.machine.advanceTo(T0 + 210);
  assert.equal(pairOf(t)?.state, 'OPEN');
  assert.ok(imbalance(pairOf(t)!).isZero());
  assert.equal(pairOf(t)?.openedAtMs, T0 + 210);
  t.close();
});

test('after the chases the rest is unwound and the position goes on with what is hedged', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050, 5);
  upbit(t, T0 + 50, 142_000, 142_050, 2);
  // Each chase finds the price moved away beyond its limit before it arrives.
  t.machine.advanceTo(T0 + 110);
  upbit(t, T0 + 150, 141_000, 141_050, 5);
  t.machine.advanceTo(T0 + 210);
  assert.equal(pairOf(t)?.chasesMade, 2);
  upbit(t, T0 + 250, 140_500, 140_550, 5);
  t.machine.advanceTo(T0 + 310);
  assert.equal(pairOf(t)?.state, 'UNWINDING');
  t.machine.advanceTo(T0 + 410);
  const pair = pairOf(t)!;
  assert.equal(pair.state, 'OPEN');
  assert.equal(pair.openQuantity, 2);
  assert.equal(pair.openedAtMs, T0 + 110, 'the last entry fill; the unwind is none');
  assert.equal(pair.entryNotionalUsdt, '200.02');
  assert.equal(t.machine.engine.exposure.totalUsdt, '200.02');
  t.close();
});

test('what is below both minimums leaves as dust, with its cost, and is no naked leg', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050, 5);
  upbit(t, T0 + 50, 142_000, 142_050, 4.97);
  t.machine.advanceTo(T0 + 110);
  const pair = pairOf(t)!;
  assert.equal(pair.state, 'OPEN');
  assert.equal(pair.nakedSinceMs, null);
  const bought = pair.fills.find((fill) => fill.venue === 'binance')!;
  const excess = Number(bought.quantity) - 4.97;
  assert.ok(excess > 0 && excess < 0.05);
  assert.deepEqual(
    pair.dust.map(({ venue }) => venue),
    ['binance'],
  );
  assert.ok(Math.abs(Number(pair.dust[0]!.quantity) - excess) < 1e-9);
  assert.ok(Math.abs(Number(pair.dust[0]!.costUsdt) - excess * 100.01) < 1e-6);
  assert.equal(pair.openQuantity, 4.97);
  t.close();
});

test('an exit filled in part on both sides leaves the rest open, its reason kept, and goes on at the next tick', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  t.machine.advanceTo(T0 + 110);
  upbit(t, T0 + 1000, 139_990, 140_000);
  assert.equal(pairOf(t)?.state, 'CLOSING');
  upbit(t, T0 + 1050, 139_990, 140_000, deep, 2);
  t.quote(T0 + 1060, 'binance', BTC, [[100, 2]], binance.asks);
  t.machine.advanceTo(T0 + 1100);
  assert.equal(pairOf(t)?.state, 'OPEN');
  assert.equal(pairOf(t)?.reason, 'CONVERGED');
  // The gap is wide again: a fresh judgement would hold; the kept reason closes.
  t.quote(T0 + 1200, 'binance', BTC, binance.bids, binance.asks);
  upbit(t, T0 + 1201, 142_000, 142_050);
  assert.equal(pairOf(t)?.state, 'CLOSING');
  t.machine.advanceTo(T0 + 1301);
  const [trade] = closed(t);
  assert.equal(trade?.reason, 'CONVERGED');
  assert.equal(trade?.fills.length, 6);
  t.close();
});

test('… and keeps it where the next try fills nothing', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  t.machine.advanceTo(T0 + 110);
  upbit(t, T0 + 1000, 139_990, 140_000, deep, 50);
  upbit(t, T0 + 1050, 139_990, 140_000, deep, 2);
  t.quote(T0 + 1060, 'binance', BTC, [[100, 2]], binance.asks);
  t.machine.advanceTo(T0 + 1100);
  const open = pairOf(t)?.openQuantity;
  t.quote(T0 + 1200, 'binance', BTC, binance.bids, binance.asks);
  upbit(t, T0 + 1201, 139_990, 140_000);
  assert.equal(pairOf(t)?.state, 'CLOSING');
  // Both books run away before the orders arrive.
  t.quote(T0 + 1250, 'binance', BTC, [[98, deep]], [[98.01, deep]]);
  upbit(t, T0 + 1251, 142_000, 142_050);
  t.machine.advanceTo(T0 + 1301);
  assert.equal(pairOf(t)?.state, 'OPEN');
  assert.equal(pairOf(t)?.openQuantity, open);
  assert.equal(pairOf(t)?.reason, 'CONVERGED');
  upbit(t, T0 + 1400, 142_000, 142_050);
  t.machine.advanceTo(T0 + 1500);
  assert.equal(closed(t)[0]?.reason, 'CONVERGED');
  t.close();
});

test('an unknown outcome: P0, REDUCE_ONLY, no blind unwind, asked each second, lifted when known', () => {
  const t = start({ paper: { latencyMs: 100, faults: { lostAnswerRate: 1 } } });
  upbit(t, T0 + 10, 142_000, 142_050);
  t.machine.advanceTo(T0 + 110);
  assert.equal(t.machine.engine.control.tradingState, 'REDUCE_ONLY');
  assert.equal(t.machine.engine.control.setBy, 'OUTCOME_UNKNOWN');
  assert.deepEqual(
    pairOf(t)?.pending.map(({ status }) => status),
    ['unknown', 'unknown'],
  );
  assert.equal(
    createHistory(t.database)
      .alerts(9)
      .filter(({ severity }) => severity === 'P0').length,
    2,
  );
  t.machine.advanceTo(T0 + 1000);
  assert.equal(pairOf(t)?.state, 'OPEN', 'both had been executed');
  assert.equal(pairOf(t)?.openedAtMs, T0 + 110, 'at the moment of the fill, not of the answer');
  assert.equal(t.machine.engine.control.tradingState, 'ACTIVE');
  t.close();
});

test('an order that timed out and never arrived ends unfilled, without a resend', () => {
  const t = start({ paper: { latencyMs: 100, faults: { timeoutRate: 1 } } });
  upbit(t, T0 + 10, 142_000, 142_050);
  t.machine.advanceTo(T0 + 3000);
  assert.equal(pairOf(t), null);
  assert.equal(t.transitions.at(-1)?.pair.state, 'EXPIRED');
  assert.equal(t.transitions.flatMap(({ send }) => send).length, 2);
  t.close();
});

test('a halt between the decision and the orders lets none leave', () => {
  let commits = 0;
  const t = testMachine({
    raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 0 } },
    wrapStore: (store) => ({
      ...store,
      commit(request) {
        if (++commits === 2) store.changeControl({ tradingState: 'HALTED', reason: 'test', flatten: false, atMs: T0 });
        return store.commit(request);
      },
    }),
  });
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, binance.bids, binance.asks);
  upbit(t, T0 + 10, 142_000, 142_050);
  assert.deepEqual(
    t.transitions.map(({ pair }) => pair.state),
    ['PLANNED', 'EXPIRED'],
  );
  assert.equal(t.transitions.flatMap(({ send }) => send).length, 0);
  assert.equal(t.machine.engine.states[0]?.cooldownUntilMs, null, 'nothing left, so nothing cools down');
  assert.equal(t.machine.engine.exposure.totalUsdt, '0');
  t.close();
});

test('HALTED holds back a strategy exit; flatten closes in any state; resume clears both', () => {
  const t = start({ paper: { latencyMs: 0 } });
  upbit(t, T0 + 10, 142_000, 142_050);
  assert.equal(pairOf(t)?.state, 'OPEN');
  const set = (tradingState: 'HALTED' | 'REDUCE_ONLY' | 'ACTIVE', flatten: boolean, atMs: number) =>
    t.machine.control(t.machine.store.changeControl({ tradingState, reason: 'test', flatten, atMs }), atMs);
  set('HALTED', false, T0 + 20);
  upbit(t, T0 + 100, 139_990, 140_000);
  assert.equal(pairOf(t)?.state, 'OPEN');
  set('REDUCE_ONLY', true, T0 + 120);
  upbit(t, T0 + 130, 142_000, 142_050);
  const [trade] = closed(t);
  assert.equal(trade?.reason, 'FLATTEN');
  upbit(t, T0 + 70_000, 142_000, 142_050);
  assert.equal(pairOf(t), null, 'no entry under REDUCE_ONLY');
  t.close();
});

test('a stop drains: pairs between states come to rest, nothing new begins', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  t.machine.drain(T0 + 20);
  assert.equal(t.machine.settled, false);
  t.machine.advanceTo(T0 + 110);
  assert.equal(t.machine.settled, true);
  assert.equal(pairOf(t)?.state, 'OPEN');
  upbit(t, T0 + 200, 139_990, 140_000);
  assert.equal(pairOf(t)?.state, 'OPEN');
  t.close();
});

test('a leg that stays naked is alerted: P1 past the limit, P0 past three times the limit', () => {
  const t = start();
  upbit(t, T0 + 10, 142_000, 142_050);
  t.quote(T0 + 50, 'upbit', BTC, [], [[142_050, deep]]);
  t.quote(T0 + 60, 'binance', BTC, [], binance.asks);
  t.machine.advanceTo(T0 + 12_000);
  const codes = () =>
    createHistory(t.database)
      .alerts(9)
      .map(({ code }) => code)
      .filter((code) => code !== 'VENUE_DOWN')
      .reverse();
  assert.deepEqual(codes(), ['NAKED_LEG']);
  t.machine.advanceTo(T0 + 32_000);
  assert.deepEqual(codes(), ['NAKED_LEG', 'NAKED_LEG_CRITICAL']);
  t.fx(T0 + 33_000, 1400, 1400.5);
  t.quote(T0 + 33_001, 'binance', BTC, binance.bids, binance.asks);
  t.machine.advanceTo(T0 + 33_200);
  assert.equal(pairOf(t), null, 'the unwind went on as soon as there was somebody to sell to');
  t.close();
});
