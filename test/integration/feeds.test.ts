import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { MALFORMED_JSON } from '#core/market/mapping.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { until } from '../support/until.ts';
import { type WatchedFeed, watchFeed } from '../support/watched-feed.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

/** A venue of the simulator of its own, one feed on it, and both gone afterwards. */
async function withFeed(
  venue: VenueId,
  options: Parameters<typeof watchFeed>[3] & { symbols?: readonly string[]; lifetimeMs?: number },
  run: (watched: WatchedFeed, simulator: Simulator) => Promise<void>,
): Promise<void> {
  const { symbols = SYMBOLS, lifetimeMs, ...feedOptions } = options;
  const simulator = await startSimulator({
    coins: ['BTC', 'ETH', 'XRP'],
    rate: 200,
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
  });
  const watched = watchFeed(venue, simulator.urls[venue].wsUrl, symbols, feedOptions);
  try {
    await watched.quotedAgain();
    await run(watched, simulator);
  } finally {
    await watched.feed.stop();
    await simulator.close();
  }
}

for (const venue of VENUES) {
  test(`${venue}: a dropped socket is an event, and quotes come again`, () =>
    withFeed(venue, {}, async (watched, simulator) => {
      simulator.fault({ kind: 'drop', venue });
      await watched.sawEvent('disconnected');
      assert.equal(watched.feed.state().connected, false);
      await watched.quotedAgain();
      assert.equal(watched.feed.state().connected, true);
      assert.equal(watched.feed.state().reconnects, 1);
    }));

  test(`${venue}: refused dials are tried again, ever more slowly, until one is taken`, () =>
    withFeed(venue, { timing: { backoffBaseMs: 40, backoffCapMs: 200 } }, async (watched, simulator) => {
      simulator.fault({ kind: 'refuseDials', venue, durationMs: 1500 });
      simulator.fault({ kind: 'drop', venue });
      await watched.sawEvent('dialFailed');
      await watched.quotedAgain();
      const failures = watched.events.filter(({ kind }) => kind === 'dialFailed');
      assert.ok(failures.length >= 3 && failures.length < 30, `${failures.length} dials failed`);
      const attempts = failures.map(({ attempt }) => attempt ?? 0);
      assert.deepEqual(
        attempts,
        [...attempts].sort((a, b) => a - b),
      );
    }));

  for (const kind of ['hang', 'pingsOnly'] as const) {
    test(`${venue}: a socket without data is given up (${kind})`, () =>
      withFeed(venue, {}, async (watched, simulator) => {
        await until('its usual pace is known', () => watched.quotes() > 60);
        simulator.fault({ kind, venue, durationMs: 2500 });
        await watched.sawEvent('stale');
        await watched.sawEvent('disconnected');
        await watched.quotedAgain(15_000);
      }));
  }

  test(`${venue}: malformed frames are told apart and end nothing`, () =>
    withFeed(venue, {}, async (watched, simulator) => {
      simulator.fault({ kind: 'malformed', venue, count: 11 });
      await until('they came', () => watched.results.filter((result) => result <= MALFORMED_JSON).length >= 8);
      await watched.quotedAgain();
      assert.equal(watched.feed.state().reconnects, 0);
    }));

  test(`${venue}: an unknown code is noticed by its silence`, () =>
    withFeed(venue, { symbols: [...SYMBOLS, 'NOSUCH/USDT'], timing: { symbolSilenceMs: 1200 } }, async (watched) => {
      await watched.sawEvent('silentSymbol');
      const silent = watched.events.filter(({ kind }) => kind === 'silentSymbol');
      assert.equal(silent.length, 1);
      assert.match(silent[0]?.reason ?? '', /NOSUCH/i);
    }));

  test(`${venue}: a shutdown notice is answered by a new connection`, () =>
    withFeed(venue, {}, async (watched, simulator) => {
      simulator.fault({ kind: 'serverShutdown', venue, graceMs: 800 });
      await until('a new connection serves', () =>
        watched.events.some(({ kind }) => kind === 'renewed' || kind === 'connected'),
      );
      await watched.quotedAgain();
    }));

  test(`${venue}: a connection is renewed before its end, without a gap`, () =>
    withFeed(venue, { timing: { renewAfterMs: 1000 } }, async (watched) => {
      let last = watched.quotes();
      let largestGapMs = 0;
      let sinceMs = performance.now();
      const look = setInterval(() => {
        const nowMs = performance.now();
        if (watched.quotes() > last) {
          last = watched.quotes();
          sinceMs = nowMs;
        }
        largestGapMs = Math.max(largestGapMs, nowMs - sinceMs);
      }, 2);
      await watched.sawEvent('renewed');
      await watched.quotedAgain();
      clearInterval(look);
      assert.ok(!watched.events.some(({ kind }) => kind === 'disconnected'));
      assert.ok(largestGapMs < 1000, `${largestGapMs} ms without a quote`);
    }));

  test(`${venue}: a standby connection takes over at once`, () =>
    withFeed(venue, { standby: true }, async (watched, simulator) => {
      await until('standby is ready', () => watched.feed.state().standbyReady);
      simulator.fault({ kind: 'refuseDials', venue, durationMs: 1000 });
      await watched.quotedAgain();
      assert.equal(watched.feed.state().connected, true);
    }));

  test(`${venue}: symbols change on the open connection`, () =>
    withFeed(venue, {}, async (watched) => {
      watched.feed.setSymbols(['BTC/USDT', 'ETH/USDT']);
      // What was on its way may still come.
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const from = watched.results.length;
      await watched.quotedAgain();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const xrp = watched.results.slice(from).filter((result) => result === 2);
      assert.equal(xrp.length, 0);
      assert.equal(watched.feed.state().reconnects, 0);
    }));
}

test('nobody there: dials go on, and nothing is thrown', async () => {
  const watched = watchFeed('upbit', 'ws://127.0.0.1:1', SYMBOLS, { timing: { backoffBaseMs: 20 } });
  await until('a few dials failed', () => watched.events.filter(({ kind }) => kind === 'dialFailed').length >= 3);
  await watched.feed.stop();
});

test('upbit: what the venue says of a request is an event', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const said = '{"error":{"name":"NO_CODES","message":"Code"}}';
  server.on('connection', (socket) => {
    // A frame that brings the connection to life, and the venue's word.
    socket.send(Buffer.from('{"type":"orderbook","code":"KRW-USDT"}'));
    socket.send(Buffer.from(said));
  });
  const watched = watchFeed('upbit', `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, SYMBOLS);
  try {
    await watched.sawEvent('venueError');
    assert.equal(watched.events.find(({ kind }) => kind === 'venueError')?.reason, said);
  } finally {
    await watched.feed.stop();
    server.close();
  }
});

let depth: Simulator;
before(async () => {
  depth = await startSimulator({ coins: ['BTC'], rate: 100 });
});
after(() => depth.close());

test('binance: five levels by option', async () => {
  const watched = watchFeed('binance', depth.urls.binance.wsUrl, ['BTC/USDT'], { stream: 'depth5' });
  await watched.quotedAgain();
  assert.ok(watched.results.includes(0));
  await watched.feed.stop();
});
