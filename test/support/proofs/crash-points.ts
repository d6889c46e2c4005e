import assert from 'node:assert/strict';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createRunLog } from '#adapters/store/sqlite/runs.ts';
import { syntheticTape } from '../../reference/synthetic.ts';
import { type TestMachine, testMachine } from '../machine.ts';
import { audit, calm, feed } from '../market.ts';

const COINS = ['BTC', 'ETH', 'LINK'];
const SYMBOLS = COINS.map((coin) => `${coin}/USDT`);
/** Enough of a market for a few commits between two deaths. */
const FRAMES_A_POINT = 60;

class Crash extends Error {}

export interface CrashPoints {
  readonly points: number;
  readonly trades: number;
  readonly orders: number;
}

/**
 * A long run whose store dies again and again, before a commit and after it in turn, after one to three commits. After each death a new
 * machine starts on what the store kept; the audit must be clean at once, and no order may leave twice.
 */
export function proveCrashPoints(points: number, seed: number): CrashPoints {
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const runs = createRunLog(database);
  const lines = syntheticTape(seed, { coins: COINS, frames: points * FRAMES_A_POINT });
  const sent = new Set<string>();
  let crashes = 0;
  /** Commits until the next death; a negative number never comes. */
  let left = 1;
  let atMs = Number.parseInt(lines[0]!, 10);
  let t: TestMachine;

  function start(): void {
    t = testMachine({
      database,
      epoch: runs.begin(atMs, 'test'),
      // The made-up market loses money all day: guards would soon hold every entry back.
      guardsOn: false,
      raw: {
        universe: { symbols: SYMBOLS },
        strategy: { cooldownSeconds: 1, maxHoldSeconds: 6, exitEdge: 0.001 },
        paper: {
          latencyMs: { binance: 20, upbit: 150 },
          faults: { rejectRate: 0.1, lostAnswerRate: 0.1, timeoutRate: 0.05, seed: crashes + 1 },
        },
      },
      observer: {
        transition({ send }) {
          for (const { id } of send) {
            assert.ok(!sent.has(id), `order ${id} left twice`);
            sent.add(id);
          }
        },
      },
      wrapStore: (store) => ({
        ...store,
        commit(request) {
          const dies = --left === 0;
          if (dies && crashes % 2 === 0) throw new Crash();
          const result = store.commit(request);
          if (dies) throw new Crash();
          return result;
        },
      }),
    });
    act(() => t.machine.start(atMs));
  }

  function act(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes++;
      // One to three commits further: every kind of step is met, before and after.
      left = crashes < points ? 1 + (crashes % 3) : -1;
      for (const { name, ok, detail } of auditStore(database)) {
        // A pair between states may hold one leg; that is what the next start mends.
        assert.ok(ok, `after crash ${crashes}: ${name}: ${detail}`);
      }
      start();
    }
  }

  start();
  for (const line of lines) {
    if (crashes >= points) break;
    const [time = '', venue = ''] = line.split(' ', 2);
    atMs = Number(time);
    act(() => feed(t, atMs, JSON.parse(line.slice(time.length + venue.length + 2))));
  }
  left = -1;
  for (let i = 0; i < 80; i++) {
    atMs += 500;
    calm(t!, SYMBOLS, atMs);
  }
  assert.ok(t!.machine.settled, 'every pair came to rest');
  const trades = audit(database, SYMBOLS).length;
  database.close();
  return { points: crashes, trades, orders: sent.size };
}
