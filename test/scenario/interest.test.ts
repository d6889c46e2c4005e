import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { TAPE_BINANCE } from '#adapters/tape/line.ts';
import { readTape } from '#adapters/tape/reader.ts';
import { createMapper } from '#adapters/venues/registry.ts';
import { INTEREST_TIMING } from '#core/gateway/timing.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { emptySide, type QuoteUpdate } from '#core/market/types.ts';
import { pulsingMarket } from '../reference/pulsing-market.ts';
import { type Delivery, eventsOf, type MarketEvent, playMarket, type Told } from '../support/interest.ts';

const TAPE = new URL('../../../shared/data/tapes/btc-eth-11min.gz', import.meta.url).pathname;
const absent = existsSync(TAPE) ? false : 'the shared tape is not there';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'LINK/USDT'];

const strategies = fc.record({
  minProfitThreshold: fc.constantFrom(0.0005, 0.001, 0.002),
  maxPositionSizeUsdt: fc.constantFrom(60, 300),
  cooldownSeconds: fc.constantFrom(0, 2),
  exitEdge: fc.constantFrom(0.0001, 0.0005, 0.002),
  stopLoss: fc.constantFrom(0.001, 0.003, 0.01),
  maxHoldSeconds: fc.constantFrom(5, 15, 60),
  takeProfit: fc.constantFrom(null, 0.0005, 0.002),
  stopConfirmMs: fc.constantFrom(0, 400, 2500),
  cooldownAfterStopSeconds: fc.constantFrom(null, 0, 5),
  freshness: fc.constantFrom('receive' as const, 'liveness' as const),
});

const word = fc.record({
  second: fc.integer({ min: 3, max: 120 }),
  tradingState: fc.constantFrom('ACTIVE' as const, 'REDUCE_ONLY' as const, 'HALTED' as const),
  flatten: fc.boolean(),
});

/** Halted and active by turns, so that what an exit left open waits. */
const halts = fc.integer({ min: 2, max: 5 }).map((every) =>
  Array.from({ length: 40 }, (_, i) => ({
    second: 3 + i * every,
    tradingState: i % 2 === 0 ? ('HALTED' as const) : ('ACTIVE' as const),
    flatten: false,
  })),
);

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  rates: fc.record({
    pulseRate: fc.constantFrom(0.001, 0.003, 0.01),
    thinRate: fc.constantFrom(0.05, 0.3),
    noise: fc.constantFrom(0.0002, 0.0008),
  }),
  strategy: strategies,
  weights: fc.constantFrom('equal', 'volume'),
  latencyMs: fc.constantFrom(0, 50, 400),
  rejectRate: fc.constantFrom(0, 0, 0.2),
  guardsOn: fc.boolean(),
  maxDelayMs: fc.constantFrom(0, 40, 1500, 1500),
  readLagMs: fc.constantFrom(0, 120, 900),
  ackMs: fc.constantFrom(0, 0, 30, 700),
  lostReads: fc.constantFrom(0, 0, 0.3, 0.9),
  takeOvers: fc.oneof(fc.constant([]), fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 3 })),
  otherRules: fc.oneof(fc.constant([]), fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 4 })),
  told: fc.oneof(fc.constant([]), halts, fc.array(word, { maxLength: 3 })),
});

/** A close that the operator asks for takes force with the read that shows it: the two runs then hear it together. */
function deliveryOf(told: readonly Told[], delivery: Delivery): Delivery {
  return told.some(({ flatten }) => flatten) ? { ...delivery, maxDelayMs: 0, readLagMs: 0, lostReads: 0 } : delivery;
}

test('what the interest filter keeps back changes no decision, on made-up markets', () => {
  const reasons = new Map<string, number>();
  const share = { ticks: 0, sent: 0 };
  fc.assert(
    fc.property(cases, ({ seed, rates, strategy, weights, latencyMs, rejectRate, told, guardsOn, ...rest }) => {
      const events = eventsOf(pulsingMarket({ seed, symbols: SYMBOLS, frames: 2000, ...rates }));
      const raw = {
        universe: { symbols: SYMBOLS },
        strategy,
        portfolio: { weights },
        paper: { latencyMs, faults: { rejectRate } },
        guards: { dailyLoss: { maxUsdt: null }, drawdown: { maxUsdt: null }, errorRate: { maxPerMinute: null } },
      };
      const delivery = deliveryOf(told, rest);
      const all = playMarket(events, raw, false, delivery, { told, guardsOn });
      const some = playMarket(events, raw, true, delivery, { told, guardsOn });
      assert.deepEqual(some.decisions, all.decisions);
      for (const reason of all.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      share.ticks += some.ticks;
      share.sent += some.sent;
    }),
    { numRuns: 60, seed: 20_261_125, endOnFailure: true },
  );
  const entries = (reasons.get('SELL_UPBIT') ?? 0) + (reasons.get('SELL_BINANCE') ?? 0);
  assert.ok(entries > 100, `${entries} entries`);
  for (const reason of ['CONVERGED', 'LOSS_STOP', 'TAKE_PROFIT', 'TIME_STOP', 'FLATTEN', 'UNWINDING']) {
    assert.ok((reasons.get(reason) ?? 0) >= 10, `${reason}: ${reasons.get(reason)}`);
  }
  assert.ok(share.sent < 0.5 * share.ticks, `${share.sent} of ${share.ticks} ticks were sent`);
});

/** The shared tape's frames, mapped as they are when they are due. */
async function tapeEvents(): Promise<MarketEvent[]> {
  const update: QuoteUpdate = { bid: emptySide(), ask: emptySide() };
  const coins = ['BTC/USDT', 'ETH/USDT'];
  const mappers = { binance: createMapper('binance', coins), upbit: createMapper('upbit', coins) };
  const events: MarketEvent[] = [];
  await readTape(TAPE, {
    line(atMs, tapeVenue, bytes, start, end) {
      const venue = tapeVenue === TAPE_BINANCE ? 'binance' : 'upbit';
      const frame = Buffer.from(bytes.subarray(start, end));
      events.push({
        atMs,
        happens({ machine }) {
          const target = mappers[venue].map(frame, 0, frame.length, update);
          if (target >= FX_QUOTE) machine.quote(venue, target, update, atMs);
        },
      });
      return true;
    },
    rejected() {},
  });
  return events;
}

test('… nor on the shared tape, with the timing of the field', { skip: absent }, async () => {
  const events = await tapeEvents();
  for (const strategy of [
    {},
    { minProfitThreshold: 0.0005, takeProfit: 0.0005, stopConfirmMs: 300, maxHoldSeconds: 60 },
  ]) {
    const raw = { universe: { symbols: ['BTC/USDT', 'ETH/USDT'] }, strategy, paper: { latencyMs: 50 } };
    const delivery = { maxDelayMs: 0, readLagMs: 20 };
    const options = { timing: INTEREST_TIMING, guardsOn: false };
    const all = playMarket(events, raw, false, delivery, options);
    const some = playMarket(events, raw, true, delivery, options);
    assert.deepEqual(some.decisions, all.decisions);
    assert.ok(all.reasons.length >= 8 && some.sent < 0.5 * some.ticks, `${some.sent} of ${some.ticks} ticks were sent`);
  }
});
