import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Holding, markHoldings } from '#core/portfolio/holdings.ts';
import { markPrices } from '#core/portfolio/prices.ts';
import { proposeMoves } from '#core/portfolio/rebalance.ts';

const SIZES = { bySymbol: { 'BTC/USDT': 500 }, meanUsdt: 500 };
const quotes = { binanceBid: 100, binanceAsk: 100, upbitBid: 140_000, upbitAsk: 140_000, fxBid: 1400, fxAsk: 1400 };

/** Holdings in USDT of value, at a coin price of 100 USDT and 1,400 won. */
function held(btcBinance: number, btcUpbit: number, usdt = 5000, krw = 5000): Holding[] {
  const balances = new Map([
    ['binance:USDT', String(usdt)],
    ['binance:BTC', String(btcBinance / 100)],
    ['upbit:KRW', String(krw * 1400)],
    ['upbit:BTC', String(btcUpbit / 100)],
  ]);
  return markHoldings(balances, new Map(), markPrices([{ symbol: 'BTC/USDT', ...quotes }]), SIZES);
}

const proposed = (holdings: Holding[], open: Parameters<typeof proposeMoves>[1] = []) =>
  proposeMoves(holdings, open, SIZES).flatMap(({ venue, asset, move, add }) => [
    ...(move === null ? [] : [[venue, asset, move.to, move.arrivesAs, Math.round(move.valueUsdt), move.quantity]]),
    ...(add === null ? [] : [[venue, asset, 'add', Math.round(add.valueUsdt)]]),
  ]);

test('enough on both sides: nothing to move', () => {
  assert.deepEqual(proposed(held(5000, 5000)), []);
  assert.deepEqual(proposed(held(6000, 4000)), []);
});

test('a coin that runs short on one venue is split evenly', () => {
  assert.deepEqual(proposed(held(9800, 200)), [['binance', 'BTC', 'upbit', 'BTC', 4800, 48]]);
  const [row] = proposeMoves(held(9800, 200), [], SIZES).filter(({ move }) => move !== null);
  assert.equal(row!.move!.why, 'upbit lasts for 0.4 entries of BTC; binance for 19.6 entries');
});

test('quote currencies balance against each other', () => {
  assert.deepEqual(proposed(held(5000, 5000, 400, 9600)), [['upbit', 'KRW', 'binance', 'USDT', 4600, 4600 * 1400]]);
});

test('too little on both together: it says what to bring', () => {
  assert.deepEqual(proposed(held(900, 300)), [
    ['binance', 'BTC', 'upbit', 'BTC', 300, 3],
    ['binance', 'BTC', 'add', 400],
    ['upbit', 'BTC', 'add', 400],
  ]);
});

test('what an open position has shifted comes back by itself', () => {
  const open = { symbol: 'BTC/USDT', direction: 'SELL_UPBIT', openQuantity: 10, entryNotional: 1000 } as const;
  assert.deepEqual(proposed(held(3000, 500, 1000, 2500)).length > 0, true);
  assert.deepEqual(proposed(held(3000, 500, 1000, 2500), [open]), []);
});

test('without known prices or sizes there is nothing to say', () => {
  const unseen = markHoldings(new Map([['binance:BTC', '1']]), new Map(), markPrices([]), SIZES);
  assert.equal(unseen[0]!.valueUsdt, null);
  assert.deepEqual(proposed(unseen), []);
  assert.deepEqual(
    proposeMoves(held(9800, 200), [], null).filter(({ move }) => move !== null),
    [],
  );
});
