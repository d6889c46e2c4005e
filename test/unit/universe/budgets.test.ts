import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binanceBudget } from '#adapters/venues/binance/budget.ts';
import { upbitBudget } from '#adapters/venues/upbit/budget.ts';

const MINUTE = 60_000;
const START = 1_700_000_040_000;
const told = (used: number | string) => new Headers({ 'x-mbx-used-weight-1m': String(used) });

test('Binance: weights of a minute never exceed the share; what does not fit leaves with the next minute', () => {
  const budget = binanceBudget();
  assert.equal(budget.reserve(4500, START), 0);
  assert.equal(budget.reserve(1, START), MINUTE - (START % MINUTE));
  assert.equal(budget.reserve(4499, START + 10), MINUTE - ((START + 10) % MINUTE), 'the next minute has room');
  assert.equal(budget.reserve(1, START + 20), 2 * MINUTE - ((START + 20) % MINUTE), 'then it is full too');
});

test('Binance: what the venue counts wins over what was counted here, never the other way', () => {
  const budget = binanceBudget();
  budget.reserve(20, START);
  budget.learn(told(4490), START + 1);
  assert.equal(budget.reserve(10, START + 2), 0);
  assert.ok(budget.reserve(1, START + 3) > 0, 'others behind the same address used it up');
  const later = binanceBudget();
  later.reserve(4000, START);
  later.learn(told(5), START + 1);
  assert.ok(later.reserve(600, START + 2) > 0, 'a lower count does not give back what is under way');
  later.learn(told('many'), START + 3);
  later.learn(new Headers(), START + 3);
});

test('Binance: over random requests, no minute carries more than its share', () => {
  const request = fc.record({ weight: fc.integer({ min: 1, max: 900 }), afterMs: fc.integer({ min: 0, max: 20_000 }) });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 80 }), (requests) => {
      const budget = binanceBudget();
      const perMinute = new Map<number, number>();
      let atMs = START;
      for (const { weight, afterMs } of requests) {
        atMs += afterMs;
        const minute = Math.floor((atMs + budget.reserve(weight, atMs)) / MINUTE);
        perMinute.set(minute, (perMinute.get(minute) ?? 0) + weight);
      }
      for (const [minute, weight] of perMinute) assert.ok(weight <= 4500, `${weight} in minute ${minute}`);
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('Upbit: requests are spaced, at most ten in any second; nothing left of this second waits for the next', () => {
  const budget = upbitBudget();
  const leave = Array.from({ length: 30 }, () => START + budget.reserve(1, START));
  assert.equal(leave[0], START);
  for (let i = 10; i < leave.length; i++) assert.ok(leave[i]! - leave[i - 10]! >= 1000);
  const told = upbitBudget();
  assert.equal(told.reserve(1, START), 0);
  told.learn(new Headers({ 'remaining-req': 'group=market; min=573; sec=0' }), START + 50);
  assert.equal(told.reserve(1, START + 50), 1000);
  told.learn(new Headers({ 'remaining-req': 'group=market; min=573; sec=9' }), START + 1060);
  assert.ok(told.reserve(1, START + 2000) < 120);
});
