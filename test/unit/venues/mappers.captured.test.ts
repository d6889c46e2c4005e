import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { binanceInstruments, createBinanceMapper } from '#adapters/venues/binance/mapper.ts';
import { mapBinanceByParse } from '#adapters/venues/binance/parse.ts';
import { createUpbitMapper, upbitInstruments } from '#adapters/venues/upbit/mapper.ts';
import { mapUpbitByParse } from '#adapters/venues/upbit/parse.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { newUpdate, outcome, SHARED_DATA, SHARED_DATA_ABSENT } from './frames.ts';

const options = { skip: existsSync(SHARED_DATA) ? false : SHARED_DATA_ABSENT };
const COINS = ['BTC/USDT', 'ETH/USDT', 'NKN/USDT', 'LAMB/USDT', 'WAVES/USDT'];

type Counts = Record<number, number>;

/** Maps each frame both ways and counts the results. */
function compare(venue: 'binance' | 'upbit', frames: Iterable<string>): Counts {
  const binance = venue === 'binance';
  const mapper = binance ? createBinanceMapper(COINS) : createUpbitMapper(COINS);
  const table = binance ? binanceInstruments(COINS) : upbitInstruments(COINS);
  const byParse = binance ? mapBinanceByParse : mapUpbitByParse;
  const fast = newUpdate();
  const slow = newUpdate();
  const counts: Counts = {};
  for (const frame of frames) {
    const bytes = Buffer.from(frame);
    const result = mapper.map(bytes, 0, bytes.length, fast);
    const expected = outcome(byParse(bytes, 0, bytes.length, table, slow), slow);
    assert.deepEqual(outcome(result, fast), expected, frame);
    counts[result] = (counts[result] ?? 0) + 1;
  }
  return counts;
}

function linesOf(name: string): string[] {
  const bytes = readFileSync(new URL(name, SHARED_DATA));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
}

/** What follows the first match of `prefix` in each line that has one. */
function framesOf(lines: readonly string[], prefix: RegExp): string[] {
  return lines.filter((line) => prefix.test(line)).map((line) => line.replace(prefix, ''));
}

test('the tape: every frame of both venues', options, () => {
  const lines = linesOf('tapes/btc-eth-11min.gz');
  assert.deepEqual(compare('binance', framesOf(lines, /^\d+ binance /)), { 0: 73_174, 1: 58_755 });
  const upbit = compare('upbit', framesOf(lines, /^\d+ upbit /));
  assert.equal((upbit[0] ?? 0) + (upbit[1] ?? 0) + (upbit[FX_QUOTE] ?? 0), 10_364);
});

for (const name of ['btcusdt_20240808', 'ethusdt_20240809']) {
  test(`Binance's combined stream as captured: ${name}`, options, () => {
    const counts = compare('binance', framesOf(linesOf(`binance-spot-2024-08/${name}.gz`), /^\d+ /));
    const quotes = (counts[0] ?? 0) + (counts[1] ?? 0);
    const foreign = counts[-3] ?? 0;
    assert.ok(quotes > 20_000 && foreign > 1_000, JSON.stringify(counts));
    // The capture holds REST snapshots too, which no stream sends.
    const { [-11]: snapshots = 0 } = counts;
    assert.ok(snapshots <= 1, JSON.stringify(counts));
    assert.equal(Object.keys(counts).length, snapshots === 0 ? 2 : 3, JSON.stringify(counts));
  });
}

test('the captures of 2021, other streams among them', options, () => {
  const binance = compare('binance', framesOf(linesOf('wire-captures-2021/BINANCE.ws.1.0'), /^[\d.]+: /));
  assert.deepEqual(Object.keys(binance).map(Number).sort(), [-3, 2], JSON.stringify(binance));
  const lines = framesOf(linesOf('wire-captures-2021/UPBIT.ws.62.0'), /^[\d.]+: b'/).map((line) =>
    line.replace(/'$/, ''),
  );
  const upbit = compare('upbit', lines);
  const orderbooks = lines.filter((line) => line.includes('"ty":"orderbook"'));
  const krw = orderbooks.filter((line) => /KRW-(LAMB|WAVES)/.test(line));
  assert.equal((upbit[3] ?? 0) + (upbit[4] ?? 0), krw.length);
  assert.equal(upbit[-3], lines.length - krw.length);
});

test('the documentation-style fixtures', options, () => {
  const payload = (name: string) =>
    linesOf(`wire-fixtures/${name}`)
      .join('\n')
      .replace(/^[\s\S]*?\n= ?\n/, '');
  // Its stream names BTCUSDT, its data BNBUSDT.
  assert.deepEqual(compare('binance', [payload('binance_BookTicker.txt')]), { [-11]: 1 });
  assert.deepEqual(compare('binance', [payload('binance_PartialBook.txt')]), { 0: 1 });
  assert.deepEqual(compare('upbit', [payload('upbit_OrderBook.txt')]), { 1: 1 });
  assert.deepEqual(compare('upbit', [payload('upbit_Trades.txt'), payload('upbit_Tickers.txt')]), { [-3]: 2 });
});

test('the one frame of every kind that the samples page shows', options, () => {
  const text = linesOf('wire-samples.md').join('\n');
  const frames = [...text.matchAll(/^(?:\d+ )?(\{.*\})$|`(\{.*?\})`/gm)].map((match) => match[1] ?? match[2] ?? '');
  assert.ok(frames.length > 20);
  compare('binance', frames);
  compare('upbit', frames);
});
