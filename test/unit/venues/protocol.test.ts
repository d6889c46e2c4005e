import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs, DialLimit } from '#adapters/venues/backoff.ts';
import { binanceProtocol } from '#adapters/venues/binance/protocol.ts';
import { DEFAULT_TIMING } from '#adapters/venues/feed.ts';
import { upbitProtocol } from '#adapters/venues/upbit/protocol.ts';

const SYMBOLS = Array.from({ length: 520 }, (_, i) => `C${i}/USDT`);
const MINUTE_MS = 60_000;

interface Control {
  readonly method: string;
  readonly params: readonly string[];
  readonly id: number;
}

test('Binance: every symbol is asked for once, in the address or by messages within the limits', () => {
  const protocol = binanceProtocol({ stream: 'bookTicker' });
  const url = protocol.url('wss://venue', SYMBOLS);
  assert.match(url, /^wss:\/\/venue\/stream\?streams=c0usdt@bookTicker\/c1usdt@bookTicker/);
  const messages = protocol.greet(SYMBOLS).map((text): Control => JSON.parse(text));
  assert.ok(messages.every(({ method, params }) => method === 'SUBSCRIBE' && params.length <= 200));
  const asked = [...url.split('streams=')[1]!.split('/'), ...messages.flatMap(({ params }) => params)];
  assert.deepEqual(
    asked,
    SYMBOLS.map((symbol) => `${symbol.replace('/', '').toLowerCase()}@bookTicker`),
  );
  assert.equal(new Set(messages.map(({ id }) => id)).size, messages.length);
  // Five incoming messages a second, a ping now and then among them.
  assert.ok(4 * protocol.messageGapMs >= 1000);
  assert.ok(protocol.dialLimit.most <= 300 && protocol.dialLimit.windowMs >= 5 * MINUTE_MS);
  const depth = binanceProtocol({ stream: 'depth5' }).url('wss://venue', ['BTC/USDT']);
  assert.equal(depth, 'wss://venue/stream?streams=btcusdt@depth5@100ms');
});

test('Binance: a change asks for what is new and gives up what is gone, and leaves the rest alone', () => {
  const { change } = binanceProtocol({ stream: 'bookTicker' });
  const messages = change(['BTC/USDT', 'ETH/USDT'], ['ETH/USDT', 'XRP/USDT']).map((text): Control => JSON.parse(text));
  assert.deepEqual(
    messages.map(({ method, params }) => [method, ...params]),
    [
      ['SUBSCRIBE', 'xrpusdt@bookTicker'],
      ['UNSUBSCRIBE', 'btcusdt@bookTicker'],
    ],
  );
  assert.deepEqual(change(SYMBOLS, SYMBOLS), []);
});

test('Upbit: one request for the whole list and the won rate, five levels, as another one would replace it', () => {
  let tickets = 0;
  const protocol = upbitProtocol(() => `t${tickets++}`);
  const requests = [protocol.greet(SYMBOLS), protocol.change(SYMBOLS.slice(1), SYMBOLS)];
  for (const messages of requests) {
    assert.equal(messages.length, 1);
    const [ticket, asked, format] = JSON.parse(messages[0]!);
    assert.match(ticket.ticket, /^t\d$/);
    assert.equal(asked.type, 'orderbook');
    assert.deepEqual(asked.codes, ['KRW-USDT.5', ...SYMBOLS.map((symbol) => `KRW-${symbol.split('/')[0]}.5`)]);
    assert.deepEqual(format, { format: 'DEFAULT' });
  }
  assert.equal(tickets, 2, 'each request has a ticket of its own');
  // Dropped after about a minute of silence; five messages a second and a hundred a minute; five dials a second.
  assert.equal(protocol.keepAlive?.text, 'PING');
  assert.ok(protocol.keepAlive.everyMs <= MINUTE_MS / 2);
  assert.ok(MINUTE_MS / protocol.messageGapMs + MINUTE_MS / protocol.keepAlive.everyMs < 100);
  assert.ok(protocol.dialLimit.most < 5 && protocol.dialLimit.windowMs >= 1000);
});

test('a connection is renewed before the venue ends it after a day', () => {
  const lifeMs = 24 * 60 * MINUTE_MS;
  assert.ok(DEFAULT_TIMING.renewAfterMs < lifeMs - MINUTE_MS && DEFAULT_TIMING.renewAfterMs > lifeMs / 2);
});

test('dials wait ever longer up to the cap, half of it by chance; the first comes at once', () => {
  const timing = { backoffBaseMs: 250, backoffCapMs: 30_000 };
  assert.ok(backoffMs(0, timing, 1) < 100);
  for (let attempt = 1; attempt < 60; attempt++) {
    const longest = Math.min(30_000, 250 * 2 ** (attempt - 1));
    assert.deepEqual([backoffMs(attempt, timing, 0), backoffMs(attempt, timing, 1)], [longest / 2, longest]);
  }
});

test('no window ever holds more dials than the venue allows', () => {
  const limit = { most: 4, windowMs: 1000 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 60 }), (pauses) => {
      const dials = new DialLimit(limit);
      const times: number[] = [];
      let nowMs = 5000;
      for (const pause of pauses) {
        nowMs += pause;
        nowMs += dials.waitMs(nowMs);
        dials.dialled(nowMs);
        times.push(nowMs);
      }
      for (const time of times) {
        assert.ok(times.filter((other) => other > time - limit.windowMs && other <= time).length <= limit.most);
      }
    }),
  );
});
