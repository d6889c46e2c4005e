import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPaperVenues } from '#adapters/broker/paper-venues.ts';
import { decodeTick } from '#adapters/bus/sqs/message.ts';
import { createSqliteCloudStore } from '#adapters/store/sqlite/cloud.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { SILENT_OBSERVER } from '#adapters/wiring/assemble.ts';
import { Judge } from '#adapters/wiring/judge.ts';
import type { PairClock } from '#core/engine/desk.ts';
import { RefusalNotes } from '#core/engine/refusal-notes.ts';
import { compileSettings, type Settings } from '#core/engine/settings.ts';
import { TwinlegError } from '#core/errors.ts';
import { isBetweenStates } from '#core/execution/types.ts';
import type { Market } from '#core/market/market.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import { random } from '../../reference/synthetic.ts';
import { configOf, instrumentsOf } from '../backtest.ts';
import { audit } from '../market.ts';
import { Gates } from './gates.ts';
import { type SentTick, TickMaker } from './ticks.ts';
import { Witness } from './witness.ts';

const START_MS = 1_700_000_000_000;
const CAP_USDT = 900;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

/** Shares of what can go wrong, 0 to 1. */
export interface Faults {
  readonly duplicate: number;
  readonly drop: number;
  readonly late: number;
  /** Of the awaits: at which the handler is killed. */
  readonly kill: number;
  /** Of the awaits: which fail, before or after they did their work. */
  readonly fail: number;
  /** Of the awaits: at which the handler stands still while others go on. */
  readonly stall: number;
  readonly orders: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly ticks: number;
  /** Handlers at work at once. */
  readonly concurrency: number;
  readonly faults: Faults;
  /** Kills the handler that waits at the n-th await of the whole schedule, beside what `faults` does. */
  readonly killAt?: number;
}

export interface ScheduleResult {
  readonly trades: number;
  readonly awaits: number;
  readonly killed: number;
}

/** Where a history is played: by default a store in memory. */
export interface ScheduleStore {
  readonly store: CloudStore;
  close(): void;
}

function inMemory(): ScheduleStore {
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  return {
    store: createSqliteCloudStore(database),
    close() {
      audit(database, SYMBOLS);
      database.close();
    },
  };
}

/** Evenly drawn: small and large shares alike. */
const share = (max: number) => fc.integer({ min: 0, max: 1000 }).map((permille) => (permille / 1000) * max);

export const arbitrarySchedule: fc.Arbitrary<ScheduleOptions> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
  ticks: fc.integer({ min: 5, max: 40 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  faults: fc.record({
    duplicate: share(0.4),
    drop: share(0.2),
    late: share(0.3),
    kill: share(0.02),
    fail: share(0.02),
    stall: share(0.03),
    orders: share(0.15),
  }),
});

export function sumOf(results: readonly ScheduleResult[]): ScheduleResult & { readonly schedules: number } {
  const total = { schedules: results.length, trades: 0, awaits: 0, killed: 0 };
  for (const { trades, awaits, killed } of results) {
    total.trades += trades;
    total.awaits += awaits;
    total.killed += killed;
  }
  return total;
}

/**
 * One made-up history of deliveries, judged by handlers of two environments that share nothing but the store, each await
 * of each handler let on in a drawn order. Afterwards, once the dust has settled, the ledger must be as if nothing had
 * happened twice, half or beyond a limit.
 */
export async function playSchedule(
  options: ScheduleOptions,
  { store, close }: ScheduleStore = inMemory(),
): Promise<ScheduleResult> {
  const { seed, faults, concurrency, killAt } = options;
  const draw = random(seed);
  const chance = (share: number) => draw() < share;
  const config = configOf({
    universe: { symbols: SYMBOLS },
    strategy: { cooldownSeconds: 0, maxHoldSeconds: 20 },
    portfolio: { maxTotalExposureUsdt: CAP_USDT },
    guards: {
      commonMode: { symbols: null },
      fxInsane: { maxDeviation: null },
      tickCoarse: { maxTickBps: null },
      consecutiveLosses: { max: null },
      concentration: { maxShare: null },
      tradesPerMinute: { max: null },
    },
    paper: {
      latencyMs: 20,
      faults: { rejectRate: faults.orders, timeoutRate: faults.orders, lostAnswerRate: faults.orders, seed },
    },
  });
  const witness = new Witness(CAP_USDT);
  const stored = witness.watch(store);
  const gates = new Gates();
  const clocks: (PairClock & { readonly dueAtMs: number })[] = [];
  const settings = compileSettings(config, instrumentsOf(config), { guardsOn: true });
  const environments = [0, 1].map(() => ({ settings: copyOf(settings), refusals: new RefusalNotes() }));
  let nowMs = START_MS;
  let handlers = 0;
  let killed = 0;
  let isKilled = false;
  const running = new Set<Promise<unknown>>();
  const maker = new TickMaker(settings, 1);

  /** A judge of one invocation: its every await is a gate of its own handler. */
  function invocation(): Judge {
    const handler = handlers++;
    const { settings: cached, refusals } = environments[Math.floor(draw() * environments.length)]!;
    const store = gates.wrap(handler, stored);
    const outer = gates.wrap(handler, {
      wind: async (clock: PairClock) => void clocks.push({ ...clock, dueAtMs: nowMs + 2000 }),
      until: async (atMs: number) => {
        nowMs = Math.max(nowMs, atMs);
      },
    });
    return new Judge({
      store,
      venues: createPaperVenues({ settings: () => cached, memory: store.venueOrders, until: outer.until }),
      observer: SILENT_OBSERVER,
      refusals,
      wind: outer.wind,
      now: () => nowMs,
      source: { at: async () => ({ settings: cached, agrees: true }) },
      judged: null,
    });
  }

  function begin(work: (judge: Judge) => Promise<unknown>): void {
    const run: Promise<unknown> = work(invocation())
      .catch((error: unknown) => {
        if (!(error instanceof TwinlegError)) throw error;
      })
      .finally(() => running.delete(run));
    running.add(run);
  }

  const deliver = ({ body }: SentTick) =>
    begin(async (judge) => {
      const read = decodeTick(body);
      assert.ok(read.ok);
      await judge.tick(read.value, null);
    });

  /** Messages that are due, each perhaps twice, perhaps not yet. */
  function workMessages(late: number): void {
    for (const clock of clocks.splice(0)) {
      if (clock.dueAtMs > nowMs || chance(late)) {
        clocks.push(clock);
        continue;
      }
      if (chance(faults.duplicate)) clocks.push(clock);
      begin(async (judge) => {
        const again = await judge.goOn(clock, async () => bookOf(maker, clock.symbol, nowMs));
        if (again !== null) clocks.push({ ...again, dueAtMs: nowMs + 2000 });
      });
    }
  }

  async function some(): Promise<void> {
    await gates.quiet();
    for (let steps = Math.floor(draw() * 40); steps > 0 && gates.count > 0; steps--) {
      const index = Math.floor(draw() * gates.count);
      const isNow = !isKilled && gates.passed === killAt;
      if (isNow || chance(faults.kill)) {
        isKilled ||= isNow;
        gates.kill(index);
        killed++;
      } else if (chance(faults.stall)) gates.stall(index);
      else await gates.pass(index, chance(faults.fail) ? unreachable() : null);
    }
  }

  const queue: SentTick[] = [];
  const gaps = new Map<string, number>();
  for (let i = 0; i < options.ticks; i++) {
    // Now and then everything stands still for longer than an answer may take, handlers in the midst of their work too.
    nowMs += chance(faults.late * 0.2) ? 7000 : Math.floor(draw() * 150);
    const symbol = SYMBOLS[Math.floor(draw() * SYMBOLS.length)]!;
    const gap = chance(0.4) ? (draw() - 0.5) * 0.08 : (gaps.get(symbol) ?? 0);
    gaps.set(symbol, gap);
    for (const tick of maker.quote(symbol, gap, chance(0.2) ? 60 : 1e6, nowMs)) {
      if (chance(faults.drop)) continue;
      queue.push(tick);
      while (chance(faults.duplicate)) queue.push(tick);
    }
    for (let round = 0; round < 4; round++) {
      while (queue.length > 0 && !chance(faults.late) && running.size < concurrency) {
        deliver(queue.splice(chance(faults.late) ? Math.floor(draw() * queue.length) : 0, 1)[0]!);
      }
      await some();
    }
    workMessages(faults.late);
    if (chance(0.05)) gates.wake();
  }
  for (const tick of queue.splice(0)) deliver(tick);
  while (gates.count > 0) await some();

  const awaits = gates.passed;
  await settle();
  await witness.check(store);
  close();
  return { trades: witness.trades, awaits, killed };

  /** The world gets well: what is due comes, stuck pairs are swept, and calm ticks arrive. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      nowMs += 2500;
      // Who stood still wakes up long after others went on with its work.
      if (round >= 4) gates.wake();
      for (const { symbol, pair, version } of (await stored.load()).symbols) {
        if (pair !== null && isBetweenStates(pair) && round % 8 === 7)
          clocks.push({ symbol, positionId: pair.id, version, dueAtMs: nowMs });
      }
      workMessages(0);
      await gates.drain();
      for (const symbol of SYMBOLS) for (const tick of maker.quote(symbol, 0, 1e6, nowMs)) deliver(tick);
      await gates.drain();
      const { symbols } = await stored.load();
      if (round > 8 && symbols.every(({ pair }) => pair === null)) return;
    }
    assert.fail(`not at rest: ${JSON.stringify((await stored.load()).symbols)}`);
  }
}

function copyOf(settings: Settings): Settings {
  return { ...settings };
}

/** The book of now, as REST would show it. */
function bookOf(maker: TickMaker, symbol: string, nowMs: number): Market {
  const read = decodeTick(maker.quote(symbol, 0, 1e6, nowMs).at(-1)!.body);
  assert.ok(read.ok);
  return read.value.tick.market;
}

function unreachable(): TwinlegError {
  return new TwinlegError('STORE_UNAVAILABLE', 'injected', 'none', { retryable: true });
}
