import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocketServer } from 'ws';
import { createMapper } from '#adapters/venues/registry.ts';
import { emptySide, type VenueId } from '#core/market/types.ts';
import { random, syntheticTape } from '../../reference/synthetic.ts';
import { until } from '../until.ts';
import { watchFeed } from '../watched-feed.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'LINK/USDT'];
/** Heap that may be left over after all frames, bytes. */
const MAX_GROWTH = 4_000_000;
/** How many broken frames go between two whole ones on a socket. */
const BROKEN_A_WHOLE = 40;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Whole frames of a venue, as they come. */
export function wholeFrames(venue: VenueId): Buffer[] {
  const lines = syntheticTape(11, { coins: ['BTC', 'ETH', 'LINK'], frames: 900 });
  return lines.filter((line) => line.includes(` ${venue} `)).map((line) => Buffer.from(line.slice(line.indexOf('{'))));
}

/** Makes broken frames: cut, changed, doubled, spliced with another, or nothing but bytes. */
export function brokenFrames(frames: readonly Buffer[], seed: number): () => Buffer {
  const draw = random(seed);
  const below = (n: number) => Math.floor(draw() * n);
  const one = () => frames[below(frames.length)]!;
  const changes: ((frame: Buffer) => Buffer)[] = [
    (frame) => frame.subarray(0, below(frame.length)),
    (frame) => frame.subarray(below(frame.length)),
    (frame) => Buffer.concat([frame.subarray(0, below(frame.length)), one().subarray(below(frame.length))]),
    (frame) => {
      const at = below(frame.length);
      return Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + below(12))]);
    },
    (frame) => {
      const at = below(frame.length);
      return Buffer.concat([frame.subarray(0, at + below(40)), frame.subarray(at)]);
    },
    (frame) => {
      const copy = Buffer.from(frame);
      for (let i = 1 + below(4); i > 0; i--) copy[below(copy.length || 1)] = below(256);
      return copy;
    },
    (frame) => {
      const copy = Buffer.from(frame);
      copy[below(copy.length || 1)] = '0123456789.,:"{}[]eE-+ \\'.charCodeAt(below(24));
      return copy;
    },
    () => Buffer.from(Array.from({ length: below(80) }, () => below(256))),
  ];
  return () => {
    let frame = one();
    for (let i = 1 + below(2); i > 0; i--) frame = changes[below(changes.length)]!(frame);
    return frame;
  };
}

/** Broken frames through a mapper: none throws, and nothing of them is kept. */
export function proveMapper(venue: VenueId, count: number, seed: number): { perSecond: number; grownBytes: number } {
  const mapper = createMapper(venue, SYMBOLS);
  const next = brokenFrames(wholeFrames(venue), seed);
  const out = { bid: emptySide(), ask: emptySide() };
  const run = (frames: number) => {
    for (let i = 0; i < frames; i++) {
      const frame = next();
      const result = mapper.map(frame, 0, frame.length, out);
      assert.ok(Number.isInteger(result) && result < SYMBOLS.length);
      if (result < -1) continue;
      for (const { count: levels, price, quantity } of [out.bid, out.ask]) {
        for (let j = 0; j < levels; j++) assert.ok(price[j]! > 0 && quantity[j]! > 0 && Number.isFinite(price[j]!));
      }
    }
  };
  run(count / 10);
  collect();
  const before = process.memoryUsage().heapUsed;
  const startedMs = performance.now();
  run(count);
  const seconds = (performance.now() - startedMs) / 1000;
  collect();
  const grownBytes = process.memoryUsage().heapUsed - before;
  assert.ok(grownBytes < MAX_GROWTH, `${venue}: ${grownBytes} bytes of heap are left over`);
  return { perSecond: count / seconds, grownBytes };
}

/** Broken frames over a socket through a feed: it stays there, and whole frames between them still quote. */
export async function proveFeed(
  venue: VenueId,
  count: number,
  seed: number,
): Promise<{ arrived: number; grownBytes: number }> {
  const whole = wholeFrames(venue);
  const next = brokenFrames(whole, seed);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let sent = 0;
  let turn = 0;
  let wholeSent = 0;
  server.on('connection', (socket) => {
    const timer = setInterval(() => {
      for (let i = 0; i < 2 * BROKEN_A_WHOLE && socket.bufferedAmount < 1e6; i++) {
        if (++turn % BROKEN_A_WHOLE !== 0) {
          if (sent >= count) continue;
          sent++;
          socket.send(next(), { binary: venue === 'upbit' });
        } else socket.send(whole[wholeSent++ % whole.length]!, { binary: venue === 'upbit' });
      }
    }, 2);
    socket.on('close', () => clearInterval(timer));
  });
  const { port } = server.address() as AddressInfo;
  const watched = watchFeed(venue, `ws://127.0.0.1:${port}`, SYMBOLS);
  let arrived = 0;
  const arriving = (least: number) => {
    arrived += watched.results.length;
    // They are counted, not kept: what is left over afterwards is the feed's.
    watched.results.length = 0;
    return arrived >= least;
  };
  try {
    const through = (least: number) =>
      until(`${least} frames came through the ${venue} feed`, () => arriving(least), 1_800_000);
    await through(count / 10);
    collect();
    const before = process.memoryUsage().heapUsed;
    await through(count);
    await until('all were sent', () => sent >= count, 600_000);
    await watched.quotedAgain();
    collect();
    const grownBytes = process.memoryUsage().heapUsed - before;
    assert.ok(grownBytes < MAX_GROWTH, `${venue}: ${grownBytes} bytes of heap are left over by the feed`);
    const connections = watched.events.filter(({ kind }) => kind === 'connected').length;
    assert.equal(connections, 1, 'no frame made it connect again');
    return { arrived, grownBytes };
  } finally {
    await watched.feed.stop();
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
}
