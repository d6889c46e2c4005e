import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIntake } from '#adapters/wiring/intake.ts';
import type { VenueId } from '#core/market/types.ts';

const QUOTE =
  '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"100.00","B":"1.0","a":"100.01","A":"1.0"}}';
const BOOK = (code: string, ask: number) =>
  `{"type":"orderbook","code":"${code}","timestamp":1,"total_ask_size":1.0,"total_bid_size":1.0,"orderbook_units":[{"ask_price":${ask},"bid_price":1400.0,"ask_size":1.0,"bid_size":1.0}],"stream_type":"REALTIME","level":0}`;

test('frames are counted by venue and kind, recorded with the engine’s own time; a bad one, or a decision that fails, ends nothing', () => {
  const frames: [VenueId, string, string][] = [
    ['binance', QUOTE, 'quote'],
    ['binance', QUOTE.replace('btcusdt', 'dogeusdt').replace('BTCUSDT', 'DOGEUSDT'), 'foreign'],
    ['binance', '{"result":null,"id":1}', 'control'],
    ['binance', QUOTE.slice(0, -4), 'malformed_json'],
    ['binance', QUOTE.replace('"100.00"', 'true'), 'malformed_shape'],
    ['binance', QUOTE.replace('"100.00"', '"-5"'), 'malformed_value'],
    ['upbit', BOOK('KRW-USDT', 1401), 'fx'],
    ['upbit', BOOK('KRW-BTC', 1401), 'quote'],
    ['upbit', '{"status":"UP"}', 'control'],
    ['upbit', '{"error":{"name":"NO_CODES","message":"none"}}', 'error'],
    ['upbit', 'no frame at all', 'malformed_json'],
    ['binance', QUOTE, 'quote'],
  ];
  const counted: [VenueId, string][] = [];
  const recorded: [number, VenueId, string][] = [];
  const heard: [number, VenueId, string][] = [];
  const failures: unknown[] = [];
  let nowMs = 1000;
  const intake = createIntake({
    machine: {
      quote(venue, target, _update, atMs) {
        heard.push([atMs, venue, target < 0 ? 'fx' : 'quote']);
        throw new Error('this decision could not be committed');
      },
      alive: (venue, atMs) => heard.push([atMs, venue, 'alive']),
    },
    symbols: ['BTC/USDT'],
    recorder: {
      lines: 0,
      frame: (atMs, venue, frame) => recorded.push([atMs, venue, String(frame)]),
      close: async () => ({ frames: 0, bytes: 0 }),
    },
    now: () => ++nowMs,
    measured: (venue, kind) => counted.push([venue, kind]),
    failed: (error) => failures.push(error),
  });
  for (const [venue, frame] of frames) intake.frame(venue, Buffer.from(frame));
  assert.deepEqual(
    counted,
    frames.map(([venue, , kind]) => [venue, kind]),
  );
  assert.deepEqual(
    recorded,
    frames.map(([venue, frame], i) => [1001 + i, venue, frame]),
  );
  const understood = frames.map(([venue, , kind], i) => [1001 + i, venue, kind] as const);
  assert.deepEqual(
    heard.map(([atMs]) => atMs),
    understood.filter(([, , kind]) => !kind.startsWith('malformed')).map(([atMs]) => atMs),
    'what cannot be understood is no sign of life and moves no clock',
  );
  assert.equal(failures.length, heard.filter(([, , kind]) => kind !== 'alive').length);
});
