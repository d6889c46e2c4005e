import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binanceInstruments, createBinanceMapper } from '#adapters/venues/binance/mapper.ts';
import { mapBinanceByParse } from '#adapters/venues/binance/parse.ts';
import type { InstrumentTable } from '#adapters/venues/instruments.ts';
import { createUpbitMapper, upbitInstruments } from '#adapters/venues/upbit/mapper.ts';
import { mapUpbitByParse } from '#adapters/venues/upbit/parse.ts';
import type { FrameMapper } from '#core/market/mapping.ts';
import type { QuoteUpdate } from '#core/market/types.ts';
import { decimal, embedded, levels, mutated, newUpdate, outcome, SYMBOLS } from './frames.ts';

type ByParse = (b: Uint8Array, start: number, end: number, table: InstrumentTable, out: QuoteUpdate) => number;

const SEED = 20240809;

function checkEqual(mapper: FrameMapper, byParse: ByParse, table: InstrumentTable) {
  const fast = newUpdate();
  const slow = newUpdate();
  return (text: string, after: string): void => {
    const { bytes, start, end } = embedded(text, after);
    const viaBytes = outcome(mapper.map(bytes, start, end, fast), fast);
    const viaParse = outcome(byParse(bytes, start, end, table, slow), slow);
    assert.deepEqual(viaBytes, viaParse, text);
  };
}

const coin = fc.constantFrom('BTC', 'ETH', 'XRP', '1INCH', 'WAVES', 'NONE', 'USDT', 'BTCDOWN', 'ÉTÉ', '');
const integer = fc.oneof(fc.nat().map(String), fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String), fc.constant('-1'));
const kind = fc.constantFrom('depth5', 'depth10@100ms', 'depth20@100ms', 'depth5@1000ms', 'depth', 'depth50', 'trade');

const ticker = fc
  .tuple(coin, coin, fc.nat(9), integer, decimal, decimal, decimal, decimal, fc.boolean())
  .map(([name, other, chance, u, b, B, a, A, raw]) => {
    const data = `{"u":${u},"s":"${name}USDT","b":"${b}","B":"${B}","a":"${a}","A":"${A}"}`;
    const stream = `${(chance === 0 ? other : name).toLowerCase()}usdt`;
    return raw ? data : `{"stream":"${stream}@bookTicker","data":${data}}`;
  });

const depth = fc
  .tuple(coin, kind, integer, levels(true, 40), levels(false, 40))
  .map(([name, stream, id, bids, asks]) => {
    const side = (list: string[][]) => list.map(([p, q]) => `["${p}","${q}"]`).join(',');
    const data = `{"lastUpdateId":${id},"bids":[${side(bids)}],"asks":[${side(asks)}]}`;
    return `{"stream":"${name.toLowerCase()}usdt@${stream}","data":${data}}`;
  });

const orderbook = fc
  .tuple(coin, integer, decimal, levels(true, 40), levels(false, 40), fc.boolean(), fc.nat(9), decimal)
  .map(([name, time, total, bids, asks, simple, tail, level]) => {
    const units = Array.from({ length: Math.max(bids.length, asks.length) }, (_, i) => {
      const [bp, bs] = bids[i] ?? ['0', '0.0'];
      const [ap, as] = asks[i] ?? ['0', '0.0'];
      return simple
        ? `{"ap":${ap},"bp":${bp},"as":${as},"bs":${bs}}`
        : `{"ask_price":${ap},"bid_price":${bp},"ask_size":${as},"bid_size":${bs}}`;
    }).join(',');
    const end = tail === 0 ? '' : `,"${simple ? 'lv' : 'level'}":${tail === 1 ? level : '0'}`;
    return simple
      ? `{"ty":"orderbook","cd":"KRW-${name}","tms":${time},"tas":${total},"tbs":1.5,"obu":[${units}],"st":"REALTIME"${end}}`
      : `{"type":"orderbook","code":"KRW-${name}","timestamp":${time},"total_ask_size":${total},"total_bid_size":1.5E-4,` +
          `"orderbook_units":[${units}],"stream_type":"SNAPSHOT"${end}}`;
  });

const control = fc.constantFrom(
  '{"result":null,"id":1}',
  '{"status":"UP"}',
  '{"error":{"name":"NO_CODES","message":"x"}}',
  '{"code":2,"msg":"Invalid request"}',
  '{"e":"serverShutdown","E":1770123456789}',
  '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
);
const after = fc.constantFrom('', '\n', '}', '}}', '"}}\n', '0', ',"level":0}');

const cases = [
  {
    venue: 'binance',
    frames: fc.oneof(ticker, depth),
    mapper: createBinanceMapper(SYMBOLS),
    byParse: mapBinanceByParse,
    table: binanceInstruments(SYMBOLS),
  },
  {
    venue: 'upbit',
    frames: orderbook,
    mapper: createUpbitMapper(SYMBOLS),
    byParse: mapUpbitByParse,
    table: upbitInstruments(SYMBOLS),
  },
];

for (const { venue, frames, mapper, byParse, table } of cases) {
  const check = checkEqual(mapper, byParse, table);

  test(`${venue}: frames of the usual layout map as JSON.parse says`, () => {
    fc.assert(fc.property(frames, after, check), { numRuns: 5_000, seed: SEED });
  });

  test(`${venue}: cut, changed and shuffled frames map as JSON.parse says, and nothing throws`, () => {
    const broken = mutated(fc.oneof({ weight: 9, arbitrary: frames }, { weight: 1, arbitrary: control }));
    fc.assert(fc.property(broken, after, check), { numRuns: 20_000, seed: SEED });
  });

  test(`${venue}: arbitrary bytes are malformed, and nothing throws`, () => {
    const out = newUpdate();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => mapper.map(bytes, 0, bytes.length, out) <= -10),
      { numRuns: 5_000, seed: SEED },
    );
    assert.ok(mapper.map(new Uint8Array(4), 3, 1, out) <= -10);
  });
}
