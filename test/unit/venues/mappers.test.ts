import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBinanceMapper } from '#adapters/venues/binance/mapper.ts';
import { createUpbitMapper } from '#adapters/venues/upbit/mapper.ts';
import {
  CONTROL_FRAME,
  ERROR_FRAME,
  FOREIGN_FRAME,
  type FrameMapper,
  FX_QUOTE,
  MALFORMED_JSON,
  MALFORMED_ORDER,
  MALFORMED_SHAPE,
  MALFORMED_VALUE,
  SHUTDOWN_FRAME,
} from '#core/market/mapping.ts';
import { MAX_LEVELS } from '#core/market/types.ts';
import { levelsOf, newUpdate } from './frames.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'USDT/USDT'];
const binance = createBinanceMapper(SYMBOLS);
const upbit = createUpbitMapper(['USDT/USDT', 'BTC/USDT', 'ETH/USDT']);
const out = newUpdate();

function map(mapper: FrameMapper, frame: string | object): number {
  const bytes = Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return mapper.map(bytes, 0, bytes.length, out);
}

const ticker = (fields: object = {}, stream = 'btcusdt@bookTicker') => ({
  stream,
  data: { u: 5, s: 'BTCUSDT', b: '61837.63000000', B: '3.78826000', a: '61837.64000000', A: '1.54698000', ...fields },
});

test('binance: a bookTicker is a book of one level a side', () => {
  assert.equal(map(binance, ticker()), 0);
  assert.deepEqual(levelsOf(out.bid), [[61837.63, 3.78826]]);
  assert.deepEqual(levelsOf(out.ask), [[61837.64, 1.54698]]);
  assert.equal(map(binance, ticker().data), 0, 'raw');
  assert.equal(map(binance, JSON.stringify(ticker(), null, 1)), 0, 'with spaces');
  assert.equal(map(binance, ticker({ later: [1] })), 0, 'with a new field');
});

test('binance: a side without price or size is empty', () => {
  assert.equal(map(binance, ticker({ b: '0.00000000', B: '0.00000000' })), 0);
  assert.deepEqual([out.bid.count, out.ask.count], [0, 1]);
  assert.equal(map(binance, ticker({ A: '0.00000000' })), 0);
  assert.deepEqual([out.bid.count, out.ask.count], [1, 0]);
});

test('binance: partial depth takes its symbol from the stream', () => {
  const data = {
    lastUpdateId: 160,
    bids: [
      ['0.0024', '10'],
      ['0.0022', '0'],
      ['0.0021', '4'],
    ],
    asks: [],
  };
  for (const kind of ['depth5', 'depth10', 'depth20', 'depth5@100ms', 'depth20@100ms']) {
    assert.equal(map(binance, { stream: `ethusdt@${kind}`, data }), 1, kind);
    assert.deepEqual(levelsOf(out.bid), [
      [0.0024, 10],
      [0.0021, 4],
    ]);
    assert.equal(out.ask.count, 0);
  }
  assert.equal(map(binance, { stream: 'solusdt@depth5', data }), FOREIGN_FRAME);
  assert.equal(map(binance, { stream: 'ethusdt@depth@100ms', data: { e: 'depthUpdate' } }), FOREIGN_FRAME);
  assert.equal(map(binance, data), MALFORMED_SHAPE, 'a raw one names no instrument');
  const unordered = {
    ...data,
    asks: [
      ['2', '1'],
      ['1', '1'],
    ],
  };
  assert.equal(map(binance, { stream: 'ethusdt@depth5', data: unordered }), MALFORMED_ORDER);
});

test('binance: what is no quote', () => {
  assert.equal(map(binance, '{"result":null,"id":1}'), CONTROL_FRAME);
  assert.equal(map(binance, '{"result":["btcusdt@bookTicker"],"id":3}'), CONTROL_FRAME);
  assert.equal(map(binance, '{"e":"serverShutdown","E":1770123456789}'), SHUTDOWN_FRAME);
  assert.equal(map(binance, { stream: '!serverShutdown', data: { e: 'serverShutdown', E: 1 } }), SHUTDOWN_FRAME);
  assert.equal(map(binance, '{"code":2,"msg":"Invalid request"}'), ERROR_FRAME);
  assert.equal(map(binance, '{"error":{"code":3,"msg":"Invalid JSON"},"id":null}'), ERROR_FRAME);
  assert.equal(map(binance, { stream: 'btcusdt@trade', data: { e: 'trade' } }), FOREIGN_FRAME);
  assert.equal(map(binance, ticker({ s: 'SOLUSDT' }, 'solusdt@bookTicker')), FOREIGN_FRAME);
});

test('binance: what is malformed', () => {
  assert.equal(map(binance, ''), MALFORMED_JSON);
  assert.equal(map(binance, JSON.stringify(ticker()).slice(0, -1)), MALFORMED_JSON);
  assert.equal(map(binance, `${JSON.stringify(ticker())}}`), MALFORMED_JSON);
  assert.equal(map(binance, '[]'), MALFORMED_SHAPE);
  assert.equal(map(binance, ticker({ s: 'ETHUSDT' })), MALFORMED_SHAPE, 'stream and symbol disagree');
  assert.equal(map(binance, ticker({ b: 61837.63 })), MALFORMED_SHAPE);
  assert.equal(map(binance, ticker({ a: undefined })), MALFORMED_SHAPE);
  for (const b of ['-1', 'NaN', '', '1e300', 'Infinity', '0x10', ' 1', '1e-300']) {
    assert.equal(map(binance, ticker({ b })), MALFORMED_VALUE, b);
  }
});

const unit = (ask: number, bid: number, askSize = 1, bidSize = 1) => ({
  ask_price: ask,
  bid_price: bid,
  ask_size: askSize,
  bid_size: bidSize,
});
const book = (units: object[], code = 'KRW-BTC') => ({
  type: 'orderbook',
  code,
  timestamp: 1790134742106,
  total_ask_size: 2.5,
  total_bid_size: 1.6,
  orderbook_units: units,
  stream_type: 'SNAPSHOT',
  level: 0,
});

test('upbit: exponent prices of the DEFAULT format', () => {
  const frame =
    '{"type":"orderbook","code":"KRW-BTC","timestamp":1790134742106,"total_ask_size":2.51469375,' +
    '"total_bid_size":1.63815297,"orderbook_units":[{"ask_price":1.16539E8,"bid_price":1.16538E8,' +
    '"ask_size":0.02054761,"bid_size":7.9276E-4}],"stream_type":"SNAPSHOT","level":0}';
  assert.equal(map(upbit, frame), 1);
  assert.deepEqual(levelsOf(out.ask), [[116539000, 0.02054761]]);
  assert.deepEqual(levelsOf(out.bid), [[116538000, 7.9276e-4]]);
});

test('upbit: zero padding ends a side early, or leaves it empty', () => {
  assert.equal(map(upbit, book([unit(101, 100), unit(0, 99, 0, 2), unit(0, 0, 0, 0)])), 1);
  assert.deepEqual(levelsOf(out.ask), [[101, 1]]);
  assert.deepEqual(levelsOf(out.bid), [
    [100, 1],
    [99, 2],
  ]);
  assert.equal(map(upbit, book([unit(0, 0, 0, 0)])), 1);
  assert.deepEqual([out.bid.count, out.ask.count], [0, 0]);
  assert.equal(map(upbit, book([])), 1);
});

test('upbit: levels beyond those that are kept are checked and left out', () => {
  const units = Array.from({ length: MAX_LEVELS + 8 }, (_, i) => unit(1000 + i, 999 - i));
  assert.equal(map(upbit, book(units)), 1);
  assert.deepEqual([out.bid.count, out.ask.count], [MAX_LEVELS, MAX_LEVELS]);
  assert.equal(map(upbit, book([...units, unit(1, 1)])), MALFORMED_ORDER);
});

test('upbit: formats', () => {
  const simple = {
    ty: 'orderbook',
    cd: 'KRW-ETH',
    tms: 1,
    tas: 3.5,
    tbs: 2.5,
    obu: [{ ap: 101, bp: 100, as: 1.5, bs: 0.5 }],
    st: 'SNAPSHOT',
    lv: 0,
  };
  assert.equal(map(upbit, simple), 2);
  assert.deepEqual(levelsOf(out.bid), [[100, 0.5]]);
  assert.equal(map(upbit, [simple]), 2, 'SIMPLE_LIST');
  assert.equal(map(upbit, [book([unit(101, 100)])]), 1, 'JSON_LIST');
  assert.equal(map(upbit, [simple, simple]), MALFORMED_SHAPE);
});

test('upbit: the exchange rate is never a symbol', () => {
  assert.equal(map(upbit, book([unit(1379, 1378.5)], 'KRW-USDT')), FX_QUOTE);
  assert.equal(out.bid.price[0], 1378.5);
});

test('upbit: what is no quote of ours', () => {
  assert.equal(map(upbit, '{"status":"UP"}'), CONTROL_FRAME);
  assert.equal(map(upbit, '{"error":{"name":"NO_TICKET","message":"티켓이 존재하지 않거나"}}'), ERROR_FRAME);
  assert.equal(map(upbit, { type: 'trade', code: 'KRW-BTC' }), FOREIGN_FRAME);
  assert.equal(map(upbit, { ty: 'ticker', cd: 'KRW-BTC' }), FOREIGN_FRAME);
  assert.equal(map(upbit, book([unit(101, 100)], 'KRW-SOL')), FOREIGN_FRAME);
  assert.equal(map(upbit, book([unit(101, 100)], 'BTC-ETH')), FOREIGN_FRAME);
});

test('upbit: what is malformed', () => {
  assert.equal(map(upbit, '{"type":"orderbook"'), MALFORMED_JSON);
  assert.equal(map(upbit, '{}'), MALFORMED_SHAPE);
  assert.equal(map(upbit, { ...book([]), orderbook_units: null }), MALFORMED_SHAPE);
  assert.equal(map(upbit, book([{ ask_price: '101' }])), MALFORMED_SHAPE);
  assert.equal(map(upbit, book([unit(-101, 100)])), MALFORMED_VALUE);
  assert.equal(map(upbit, book([unit(101, 100, 1, -1)])), MALFORMED_VALUE);
  assert.equal(map(upbit, book([unit(101, 100), unit(100, 99)])), MALFORMED_ORDER);
  assert.equal(map(upbit, book([unit(101, 100), unit(102, 100.5)])), MALFORMED_ORDER);
});
