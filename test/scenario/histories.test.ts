import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { decimal } from '#core/market/money.ts';
import { random, syntheticTape } from '../reference/synthetic.ts';
import { type TestMachine, testMachine } from '../support/machine.ts';
import { audit, calm, feed } from '../support/market.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'LINK/USDT'];
const MAX_EXPOSURE = 900;

/** What a store dying in the middle of a commit looks like from inside. */
class Crash extends Error {}

interface History {
  seed: number;
  latencyMs: { binance: number; upbit: number };
  faults: { rejectRate: number; timeoutRate: number; lostAnswerRate: number; seed: number };
  /** Chance that a commit dies, before or after it took effect. */
  crashRate: number;
  commandRate: number;
}

const histories: fc.Arbitrary<History> = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  latencyMs: fc.record({ binance: fc.constantFrom(0, 20, 150, 900), upbit: fc.constantFrom(0, 35, 150, 1500) }),
  faults: fc.record({
    rejectRate: fc.constantFrom(0, 0.1, 0.4),
    timeoutRate: fc.constantFrom(0, 0.1),
    lostAnswerRate: fc.constantFrom(0, 0.1, 0.3),
    seed: fc.integer({ min: 1, max: 100 }),
  }),
  crashRate: fc.constantFrom(0, 0.02, 0.15),
  commandRate: fc.constantFrom(0, 0.005),
});

/** Plays a made-up market with faults, commands and crashes; after each crash the next machine starts on the same store. */
function play(history: History) {
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const draw = random(history.seed * 31);
  const placed = new Map<string, number>();
  let crashes = 0;
  let epoch = 0;
  let t: TestMachine;
  const raw = {
    universe: { symbols: SYMBOLS },
    strategy: { cooldownSeconds: 2, maxHoldSeconds: 8, stopLoss: 0.004, exitEdge: 0.001 },
    portfolio: { maxTotalExposureUsdt: MAX_EXPOSURE },
    // Losses must not end a history early.
    guards: {
      dailyLoss: { maxUsdt: null },
      drawdown: { maxUsdt: null },
      symbolDailyLoss: { maxUsdt: null },
      consecutiveLosses: { max: null },
    },
    paper: { latencyMs: history.latencyMs, faults: history.faults },
  };
  function boot(atMs: number): void {
    t = testMachine({
      raw,
      database,
      epoch: ++epoch,
      observer: {
        transition({ send }) {
          for (const { id } of send) placed.set(id, (placed.get(id) ?? 0) + 1);
        },
      },
      wrapStore: (store) => ({
        ...store,
        commit(request) {
          if (draw() < history.crashRate) throw new Crash('before');
          const result = store.commit(request);
          if (draw() < history.crashRate) throw new Crash('after');
          return result;
        },
      }),
    });
    survive(atMs, () => t.machine.start(atMs));
  }
  function survive(atMs: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes++;
      boot(atMs);
    }
  }
  const lines = syntheticTape(history.seed, { coins: ['BTC', 'ETH', 'LINK'], frames: 700 });
  let atMs = Number.parseInt(lines[0]!, 10);
  boot(atMs);
  const store = createSqliteStore(database);
  for (const line of lines) {
    const [time = '', venue = ''] = line.split(' ', 2);
    atMs = Number(time);
    const frame = JSON.parse(line.slice(time.length + venue.length + 2));
    survive(atMs, () => feed(t, atMs, frame));
    if (draw() < history.commandRate) {
      const tradingState = (['ACTIVE', 'REDUCE_ONLY', 'HALTED', 'ACTIVE'] as const)[Math.floor(draw() * 4)]!;
      store.changeControl({ tradingState, reason: 'test', flatten: draw() < 0.3, atMs });
      if (draw() < 0.5) survive(atMs, () => t.machine.control(store.control(), atMs));
    }
    assert.ok(decimal(store.load().exposure.totalUsdt).lte(MAX_EXPOSURE), 'the cap of exposure holds');
  }
  // The market calms down, the crashes stop: whatever is between states must come to rest.
  history = { ...history, crashRate: 0 };
  for (let i = 0; i < 60; i++) {
    atMs += 500;
    survive(atMs, () => calm(t, SYMBOLS, atMs));
  }
  return { database, placed, crashes, settled: t!.machine.settled };
}

test('random histories of faults, commands and crashes: nothing is doubled, lost or left on one leg; the ledger sums up', () => {
  let trades = 0;
  let crashed = 0;
  let unwound = 0;
  fc.assert(
    fc.property(histories, (history) => {
      const { database, placed, crashes, settled } = play(history);
      assert.ok(settled, 'every pair came to rest');
      for (const [id, times] of placed) assert.equal(times, 1, `${id} was sent once`);
      const ended = audit(database, SYMBOLS);
      trades += ended.length;
      crashed += crashes;
      unwound += ended.filter(({ state }) => state === 'UNWOUND').length;
      database.close();
    }),
    { numRuns: Number(process.env.TWINLEG_TEST_HISTORIES ?? 150), seed: 20_261_124 },
  );
  assert.ok(trades > 300 && crashed > 100 && unwound > 20, `${trades} trades, ${crashed} crashes, ${unwound} unwound`);
});
