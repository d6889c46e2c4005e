import assert from 'node:assert/strict';
import { test } from 'node:test';
import { krwTick } from '#core/market/instrument.ts';
import { makeCoins, wonTick } from '../../simulator/coins.ts';
import { MarketModel, STEP_MS } from '../../simulator/model.ts';

const STEPS_A_MINUTE = 60_000 / STEP_MS;

function sd(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

const walk = (model: MarketModel, minutes: number) => {
  for (let i = 0; i < minutes * STEPS_A_MINUTE; i++) model.step();
};

test('the same seed takes the same path, another one another', () => {
  const path = (seed: number) => {
    const model = new MarketModel(makeCoins(12), seed);
    walk(model, 0.5);
    return [model.fxBook(), model.binanceBook('BTC'), model.upbitBook('BTC'), model.upbitBook('ETH')];
  };
  assert.deepEqual(path(7), path(7));
  assert.notDeepEqual(path(7), path(8));
});

test('two hundred and sixty coins with names of their own, books of five levels on the venues’ ticks', () => {
  const coins = makeCoins(260);
  assert.equal(new Set(coins.map(({ name }) => name)).size, 260);
  const model = new MarketModel(coins, 1);
  for (const { name, tick } of coins) {
    for (const [book, step] of [
      [model.binanceBook(name), () => Number(tick)],
      [model.upbitBook(name), wonTick],
    ] as const) {
      assert.deepEqual([book.bids.length > 0, book.asks.length], [true, 5], name);
      assert.ok(book.asks[0]!.price > book.bids[0]!.price);
      for (const { price, quantity } of [...book.bids, ...book.asks]) {
        const ticks = price / step(book.bids[0]!.price);
        assert.ok(Math.abs(ticks - Math.round(ticks)) < 1e-6 * ticks && quantity > 0, `${name} ${price}`);
      }
    }
  }
  for (let price = 0.0012; price < 5e6; price *= 1.07) assert.equal(wonTick(price), Number(krwTick(price)), `${price}`);
});

test('KRW-USDT moves by 0.11 % an hour; a gap reverts with a half-life of 13 min', () => {
  const coins = makeCoins(60).filter(({ bursts }) => !bursts);
  // Where none bursts by itself the first three do.
  const quiet = coins.slice(3, 15).map(({ name }) => name);
  const model = new MarketModel(coins.slice(0, 15), 3);
  const offsets = quiet.map((name) => model.stateOf(name).premium);
  const fx: number[] = [];
  let gaps = quiet.map(() => 0);
  let product = 0;
  let square = 0;
  for (let minute = 0; minute < 240; minute++) {
    const before = model.fxMid();
    walk(model, 1);
    fx.push(Math.log(model.fxMid() / before));
    const now = quiet.map((name, i) => model.stateOf(name).premium - offsets[i]!);
    for (const [i, gap] of now.entries()) {
      product += gap * gaps[i]!;
      square += gaps[i]! ** 2;
    }
    gaps = now;
  }
  const hourly = sd(fx) * Math.sqrt(60);
  assert.ok(hourly > 0.0009 && hourly < 0.0013, `${hourly}`);
  const halfLifeMinutes = -Math.LN2 / Math.log(product / square);
  assert.ok(halfLifeMinutes > 9 && halfLifeMinutes < 18, `${halfLifeMinutes} min`);
});
