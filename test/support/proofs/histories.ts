import assert from 'node:assert/strict';
import fc from 'fast-check';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { decimal } from '#core/market/money.ts';
import type { StoredState } from '#core/ports/store.ts';
import { random, syntheticTape } from '../../reference/synthetic.ts';
import { type TestMachine, testMachine } from '../machine.ts';
import { audit, calm, feed } from '../market.ts';
import { LedgerModel } from './ledger-model.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'LINK/USDT'];
const MAX_POSITION = 500;
const MAX_EXPOSURE = 900;
const MAX_DIRECTION = 700;
const MAX_POSITIONS = 2;

/** What a store dying in the middle of a commit looks like from inside. */
class Crash extends Error {}

interface History {
  seed: number;
  latencyMs: { binance: number; upbit: number };
  faults: { rejectRate: number; timeoutRate: number; lostAnswerRate: number; seed: number };
  /** Chance that a commit dies, before or after it took effect. */
  crashRate: number;
  commandRate: number;
  /** Chance that a commit is delivered once more, and that two ticks come in the wrong order. */
  duplicateRate: number;
  lateRate: number;
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
  duplicateRate: fc.constantFrom(0, 0.1),
  lateRate: fc.constantFrom(0, 0.05),
});

/** Plays a made-up market with faults, commands and crashes; after each crash the next machine starts on the same store. */
function play(history: History, frames: number) {
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const draw = random(history.seed * 31);
  const placed = new Map<string, number>();
  const model = new LedgerModel();
  let crashes = 0;
  let epoch = 0;
  let t: TestMachine;
  const raw = {
    universe: { symbols: SYMBOLS },
    strategy: { cooldownSeconds: 2, maxHoldSeconds: 8, stopLoss: 0.004, exitEdge: 0.001 },
    portfolio: { maxTotalExposureUsdt: MAX_EXPOSURE, maxDirectionExposureUsdt: MAX_DIRECTION },
    // Losses must not end a history early.
    guards: {
      openPositions: { max: MAX_POSITIONS },
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
          for (const order of send) {
            placed.set(order.id, (placed.get(order.id) ?? 0) + 1);
            model.left(order);
          }
        },
      },
      wrapMemory: (memory) => ({
        ...memory,
        put(orderId, execution) {
          memory.put(orderId, execution);
          model.executed(orderId, execution);
        },
      }),
      wrapStore: (store) => ({
        ...store,
        commit(request) {
          if (draw() < history.crashRate) throw new Crash('before');
          const result = store.commit(request);
          if (result.ok && draw() < history.duplicateRate) assert.equal(store.commit(request).ok, false, 'a duplicate');
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
  const lines = syntheticTape(history.seed, { coins: ['BTC', 'ETH', 'LINK'], frames });
  for (let i = 1; i < lines.length; i++) {
    if (draw() < history.lateRate) [lines[i - 1], lines[i]] = [lines[i]!, lines[i - 1]!];
  }
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
    checkLimits(store.load());
  }
  // The market calms down, the crashes stop: whatever is between states must come to rest.
  history = { ...history, crashRate: 0 };
  for (let i = 0; i < 1200 && (i < 60 || !t!.machine.settled); i++) {
    atMs += 500;
    survive(atMs, () => calm(t, SYMBOLS, atMs));
  }
  return { database, model, placed, crashes, settled: t!.machine.settled };
}

/** No limit is broken at any moment, by what is reserved nor by any position. */
function checkLimits({ exposure, symbols }: StoredState): void {
  assert.ok(decimal(exposure.totalUsdt).lte(MAX_EXPOSURE), `${exposure.totalUsdt} USDT in total`);
  for (const usdt of Object.values(exposure.byDirection)) assert.ok(decimal(usdt).lte(MAX_DIRECTION), `${usdt} USDT`);
  assert.ok(exposure.positions <= MAX_POSITIONS, `${exposure.positions} positions`);
  for (const { pair } of symbols) if (pair !== null) assert.ok(decimal(pair.entryNotionalUsdt).lte(MAX_POSITION));
}

export interface HistoriesResult {
  readonly trades: number;
  readonly crashes: number;
  readonly unwound: number;
  readonly orders: number;
}

/** Random histories of faults, crashes, commands, duplicate and late deliveries, each held against the model and audited. */
export function proveHistories(numRuns: number, frames: number, seed: number): HistoriesResult {
  const result = { trades: 0, crashes: 0, unwound: 0, orders: 0 };
  fc.assert(
    fc.property(histories, (history) => {
      const { database, model, placed, crashes, settled } = play(history, frames);
      assert.ok(settled, 'every pair came to rest');
      for (const [id, times] of placed) assert.equal(times, 1, `${id} was sent once`);
      const ended = audit(database, SYMBOLS);
      model.check(database);
      for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
      result.trades += ended.length;
      result.crashes += crashes;
      result.orders += placed.size;
      result.unwound += ended.filter(({ state }) => state === 'UNWOUND').length;
      database.close();
    }),
    { numRuns, seed },
  );
  return result;
}
