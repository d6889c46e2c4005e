import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { SortedValues } from '#core/features/sorted-values.ts';
import { testMachine } from '../../support/machine.ts';
import { deep, T0 } from './cases.ts';

const lowerMedian = (values: readonly number[]) => [...values].sort((a, b) => a - b)[(values.length - 1) >> 1];

test('the incremental median equals the one of sorting all', () => {
  const operation = fc.tuple(fc.constantFrom('add', 'remove', 'replace'), fc.nat(), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const sorted = new SortedValues(1);
      const plain: number[] = [];
      for (const [what, at, value] of operations) {
        const index = plain.length === 0 ? 0 : at % plain.length;
        if (what === 'add' || plain.length === 0) {
          sorted.add(value);
          plain.push(value);
        } else if (what === 'remove') sorted.remove(plain.splice(index, 1)[0]!);
        else {
          sorted.outgoing = plain[index]!;
          sorted.incoming = value;
          sorted.exchange();
          plain[index] = value;
        }
        assert.equal(sorted.count, plain.length);
        if (plain.length > 0) assert.equal(sorted.median, lowerMedian(plain));
        else assert.ok(Number.isNaN(sorted.median));
      }
    }),
    { numRuns: 300, seed: 4 },
  );
});

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];

function calmMachine(guards: object) {
  const t = testMachine({ raw: { universe: { symbols: SYMBOLS }, paper: { latencyMs: 0 }, guards } });
  t.machine.start(T0);
  for (let second = 0; second < 15; second++) {
    const atMs = T0 + second * 1000;
    t.fx(atMs, 1400, 1400.5);
    for (const symbol of SYMBOLS) {
      t.quote(atMs, 'binance', symbol, [[100, deep]], [[100.01, deep]]);
      t.quote(atMs, 'upbit', symbol, [[140_000, deep]], [[140_100, deep]]);
    }
  }
  return t;
}

function outcome(t: ReturnType<typeof calmMachine>) {
  const decisions = SYMBOLS.flatMap((symbol) => createHistory(t.database).decisions(symbol, 9));
  return decisions.map(({ decision, code }) => (decision === 'REFUSED' ? code : decision));
}

test('one bad quote of KRW-USDT opens nothing, not even on the first symbol that hears of it', () => {
  const t = calmMachine({ commonMode: { symbols: null } });
  t.fx(T0 + 14_500, 1330, 1330.5);
  assert.deepEqual(
    outcome(t),
    SYMBOLS.map(() => 'FX_INSANE'),
  );
  const { impliedRate, fxMedian } = t.machine.joiner.signals;
  assert.equal(fxMedian, 1400.25);
  assert.ok(Math.abs(impliedRate - 1400.43) < 0.01);
  t.close();
});

test('a rate that moves all symbols over the threshold at once is common mode, told before the first is judged', () => {
  const t = calmMachine({ fxInsane: { maxDeviation: null } });
  t.fx(T0 + 14_500, 1393, 1393.5);
  assert.deepEqual(
    outcome(t),
    SYMBOLS.map(() => 'COMMON_MODE'),
  );
  t.fx(T0 + 16_400, 1393, 1393.5);
  assert.equal(outcome(t).includes('ENTER'), false, 'still within the window');
  t.close();
});

test('coins that fell silent leave the implied rate', () => {
  const t = calmMachine({});
  const { signals } = t.machine.joiner;
  assert.ok(!Number.isNaN(signals.impliedRate));
  t.machine.advanceTo(T0 + 40_000);
  assert.ok(Number.isNaN(signals.impliedRate));
  t.machine.advanceTo(T0 + 400_000);
  assert.ok(Number.isNaN(signals.fxMedian));
  t.close();
});
