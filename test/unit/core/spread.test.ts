import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyFeatures } from '#core/features/features.ts';
import { Signals } from '#core/features/signals.ts';
import { isFresh } from '#core/market/freshness.ts';
import { tradingRules } from '#core/market/instrument.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import type { Market } from '#core/market/market.ts';
import { decimal, exactly } from '#core/market/money.ts';
import { type BookSide, emptySide } from '#core/market/types.ts';
import { sizeEntry } from '#core/portfolio/sizing.ts';
import { bestGrossEdge, displayed, grossEdge, hitSide, vwap, walkExact, worstPrice } from '#core/spread/edge.ts';
import { convergence } from '#core/strategy/convergence.ts';

type Levels = readonly (readonly [number, number])[];

function side(levels: Levels): BookSide {
  const made = emptySide();
  made.count = levels.length;
  for (const [i, [price, quantity]] of levels.entries()) {
    made.price[i] = price;
    made.quantity[i] = quantity;
  }
  return made;
}

interface Books {
  bids: Levels;
  asks: Levels;
}

function market(binance: Books, upbit: Books, fx: [number, number]): Market {
  const book = ({ bids, asks }: Books) => ({
    bid: side(bids),
    ask: side(asks),
    receivedAtMs: 0,
    changedAtMs: 0,
    repeats: 0,
  });
  return {
    binance: book(binance),
    upbit: book(upbit),
    fx: { bid: fx[0], ask: fx[1], receivedAtMs: 0 },
    liveness: { binance: 0, upbit: 0 },
    features: emptyFeatures(),
    signals: new Signals(0.005),
  };
}

/** A book of up to five levels around a mid, prices on a grid of cents, quantities with eight decimals. */
const bookAround = (mid: number) =>
  fc
    .record({
      bids: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3e8 })), {
        minLength: 1,
        maxLength: 5,
      }),
      asks: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3e8 })), {
        minLength: 1,
        maxLength: 5,
      }),
      shift: fc.integer({ min: -300, max: 300 }),
    })
    .map(({ bids, asks, shift }): Books => {
      const start = Math.round(mid * 100) + shift;
      const ladder = (steps: [number, number][], sign: 1 | -1): Levels => {
        let price = start;
        return steps.map(([step, quantity]) => {
          price += sign * step;
          return [price / 100, quantity / 1e8];
        });
      };
      return { bids: ladder(bids, -1), asks: ladder(asks, 1) };
    });

test('a walk of the first level costs that level’s price exactly; a deeper one lies between best and worst', () => {
  fc.assert(
    fc.property(bookAround(100), fc.integer({ min: 1, max: 100 }), ({ asks }, percent) => {
      const ask = side(asks);
      assert.equal(vwap(ask, asks[0]![1]), asks[0]![0]);
      const all = displayed(ask);
      const quantity = all.times(percent).div(100).decimalPlaces(8).toNumber();
      if (quantity === 0) return;
      const price = vwap(ask, quantity);
      assert.ok(price >= asks[0]![0] && price <= worstPrice(ask, quantity) + 1e-9);
      const exact = walkExact(ask, decimal(quantity));
      assert.ok(exact.quantity.eq(quantity));
      assert.ok(Math.abs(exact.notional.div(quantity).toNumber() - price) < 1e-9);
      assert.ok(Number.isNaN(vwap(ask, all.times(1.01).toNumber())), 'more than is shown has no price');
    }),
  );
});

test('no quantity has a better edge than the best levels', () => {
  fc.assert(
    fc.property(bookAround(100), bookAround(100), fc.integer({ min: 1, max: 100 }), (b, u, percent) => {
      const m = market(b, u, [1, 1]);
      for (const direction of ['SELL_UPBIT', 'SELL_BINANCE'] as const) {
        const shown = Math.min(
          displayed(hitSide(m, 'binance', direction)).toNumber(),
          displayed(hitSide(m, 'upbit', direction)).toNumber(),
        );
        assert.ok(grossEdge(m, direction, (shown * percent) / 100) <= bestGrossEdge(m, direction) + 1e-12);
      }
    }),
  );
});

const rules = tradingRules(builtInInstrument('SOL/USDT')!);
const equalRules = tradingRules({
  symbol: 'SOL/USDT',
  binance: { lot: '0.001', tick: '0.01', minQuantity: '0.001', minNotional: '1' },
  upbit: { lot: '0.001', tick: '0.01', minQuantity: '0.001', minNotional: '1' },
});
const much = exactly(decimal(1e12));
const unlimited = { symbolUsdt: much, portfolioUsdt: { SELL_UPBIT: much, SELL_BINANCE: much } };
const v1 = convergence({
  minProfitThreshold: 0.001,
  slippageAllowance: 0.0002,
  exitEdge: 0.0005,
  stopLoss: 0.01,
  maxHoldSeconds: 3600,
  takeProfit: null,
  stopConfirmMs: 0,
  fees: { binance: 0.001, upbit: 0.001 },
});

test('with a rate of one, equal fees and lots, and size by display alone, swapping the books swaps the direction and keeps n and q', () => {
  let entries = 0;
  fc.assert(
    fc.property(bookAround(100), bookAround(101), (b, u) => {
      const one = v1.entry({ market: market(b, u, [1, 1]), rules: equalRules, headroom: unlimited });
      const other = v1.entry({ market: market(u, b, [1, 1]), rules: equalRules, headroom: unlimited });
      assert.equal(one === null, other === null);
      if (one === null || other === null) return;
      entries++;
      assert.notEqual(one.direction, other.direction);
      assert.equal(one.quantity, other.quantity);
      assert.ok(Math.abs(one.netEdge - other.netEdge) < 1e-12);
    }),
    { numRuns: 500, seed: 7 },
  );
  assert.ok(entries > 50, `the property met entries: ${entries}`);
});

test('sizes never exceed what is displayed on either side or what the budget allows, and are whole lots', () => {
  fc.assert(
    fc.property(bookAround(100), bookAround(140_000), fc.integer({ min: 1, max: 100_000 }), (b, u, budget) => {
      const m = market(b, u, [1400, 1401]);
      for (const direction of ['SELL_UPBIT', 'SELL_BINANCE'] as const) {
        const quantity = sizeEntry(m, rules, direction, exactly(decimal(budget)));
        if (quantity === null) continue;
        const size = decimal(quantity);
        const hit = hitSide(m, 'binance', direction);
        assert.ok(size.lte(displayed(hit)) && size.lte(displayed(hitSide(m, 'upbit', direction))));
        assert.ok(size.times(hit.price[0]!).lte(budget));
        assert.ok(size.div(rules.pairLot).isInteger());
        assert.ok(size.times(hit.price[0]!).gte(5));
      }
    }),
  );
});

test('rounding down is decimal: 0.3029 in lots of 0.0001 is 3029 lots', () => {
  const eth = tradingRules(builtInInstrument('ETH/USDT')!);
  const m = market(
    { bids: [[2683.8, 0.3029]], asks: [[2683.81, 0.3029]] },
    { bids: [[3_700_000, 0.3029]], asks: [[3_701_000, 0.3029]] },
    [1378, 1379],
  );
  assert.equal(sizeEntry(m, eth, 'SELL_UPBIT', null), 0.3029);
  const split = market(
    {
      bids: [[1, 1]],
      asks: [
        [2683.81, 0.7],
        [2683.82, 0.1],
      ],
    },
    { bids: [[3_700_000, 5]], asks: [[3_701_000, 5]] },
    [1378, 1379],
  );
  assert.equal(sizeEntry(split, eth, 'SELL_UPBIT', null), 0.8, '0.7 + 0.1 is 0.8');
});

test('an edge exactly at its bound enters; a hair below does not', () => {
  // 0.0042 = 0.001 + 2 × (0.001 + 0.0005) + 0.0002; sold ÷ bought is exactly 1.0042.
  const strategy = convergence({
    minProfitThreshold: 0.001,
    slippageAllowance: 0.0002,
    exitEdge: 0.0005,
    stopLoss: 0.01,
    maxHoldSeconds: 3600,
    takeProfit: null,
    stopConfirmMs: 0,
    fees: { binance: 0.001, upbit: 0.0005 },
  });
  const at = (bid: number) =>
    market({ bids: [[99.99, 50]], asks: [[100, 50]] }, { bids: [[bid, 50]], asks: [[bid + 10, 50]] }, [1399.5, 1400]);
  const input = (m: Market) => ({ market: m, rules, headroom: unlimited });
  assert.equal(strategy.entry(input(at(140_588)))?.direction, 'SELL_UPBIT');
  assert.equal(strategy.entry(input(at(140_587.9999))), null);
});

const crossed = (bid: number) =>
  market({ bids: [[101, 50]], asks: [[100, 50]] }, { bids: [[bid, 50]], asks: [[100, 50]] }, [1, 1]);

test('of two directions with the same edge it is SELL_UPBIT, else the wider one', () => {
  const direction = (bid: number) =>
    v1.entry({ market: crossed(bid), rules: equalRules, headroom: unlimited })?.direction;
  assert.equal(direction(101), 'SELL_UPBIT');
  assert.equal(direction(100.99), 'SELL_BINANCE');
  assert.equal(direction(101.01), 'SELL_UPBIT');
});

test('a direction that can be sized goes before a wider one that cannot', () => {
  const none = exactly(decimal(0.5));
  const entry = (bid: number, portfolioUsdt: typeof unlimited.portfolioUsdt) =>
    v1.entry({ market: crossed(bid), rules: equalRules, headroom: { ...unlimited, portfolioUsdt } });
  const upbitFull = entry(101.5, { SELL_UPBIT: none, SELL_BINANCE: much });
  assert.deepEqual([upbitFull?.direction, upbitFull?.limitedBy], ['SELL_BINANCE', null]);
  const binanceFull = entry(100.8, { SELL_UPBIT: much, SELL_BINANCE: none });
  assert.deepEqual([binanceFull?.direction, binanceFull?.limitedBy], ['SELL_UPBIT', null]);
  const bothFull = entry(100.8, { SELL_UPBIT: none, SELL_BINANCE: none });
  assert.deepEqual([bothFull?.direction, bothFull?.limitedBy], ['SELL_BINANCE', 'MAX_EXPOSURE']);
});

test('freshness: by age alone, inclusive; with liveness a quiet book on a live connection too, for thirty seconds', () => {
  const fresh = (mode: 'receive' | 'liveness', ageMs: number, silenceMs: number) =>
    isFresh(100_000 - ageMs, 100_000 - silenceMs, 100_000, { maxQuoteAgeMs: 1500, mode });
  assert.deepEqual([fresh('receive', 1500, 0), fresh('receive', 1501, 0)], [true, false]);
  assert.deepEqual([fresh('liveness', 30_000, 2000), fresh('liveness', 30_001, 2000)], [true, false]);
  assert.deepEqual([fresh('liveness', 1501, 2001), fresh('liveness', 1500, 2001)], [false, true]);
});
