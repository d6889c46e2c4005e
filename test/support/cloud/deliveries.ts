import assert from 'node:assert/strict';
import { createPaperVenues } from '#adapters/broker/paper-venues.ts';
import { decodeTick } from '#adapters/bus/sqs/message.ts';
import { createSqliteCloudStore } from '#adapters/store/sqlite/cloud.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { SILENT_OBSERVER } from '#adapters/wiring/assemble.ts';
import { Judge } from '#adapters/wiring/judge.ts';
import { createSettingsSource } from '#adapters/wiring/settings-source.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import type { PairClock } from '#core/engine/desk.ts';
import { RefusalNotes } from '#core/engine/refusal-notes.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { TwinlegError } from '#core/errors.ts';
import { isBetweenStates } from '#core/execution/types.ts';
import type { Market } from '#core/market/market.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Deployment, DeploymentStore } from '#core/ports/deployment.ts';
import type { CommitRequest } from '#core/ports/store.ts';
import { plainList } from '#core/universe/list.ts';
import { random } from '../../reference/synthetic.ts';
import { configOf, instrumentsOf } from '../backtest.ts';
import { audit } from '../market.ts';
import { Gates } from './gates.ts';
import type { ScheduleOptions, ScheduleResult } from './schedules.ts';
import { type SentTick, TickMaker } from './ticks.ts';
import { Witness } from './witness.ts';

const START_MS = 1_700_000_000_000;
const CAP_USDT = 900;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

/** Where a history is played: by default a store in memory. */
export interface ScheduleStore {
  /** The store as one more environment has it: with a memory of its own, where it has any. */
  open(): CloudStore;
  /** At rest: whatever is stored has to add up. */
  close(): Promise<void> | void;
}

function inMemory(): ScheduleStore {
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const store = createSqliteCloudStore(database);
  return {
    open: () => store,
    close() {
      audit(database, SYMBOLS);
      database.close();
    },
  };
}

/**
 * One made-up history of deliveries, judged by handlers of three environments that share nothing but the store and what is
 * deployed: two of one configuration and one of another, each with the settings that it has read and what its store
 * remembers. Each await of each handler is let on in a drawn order. Afterwards, once the dust has settled, the ledger must be as if nothing had
 * happened twice, half or beyond a limit.
 */
export async function playSchedule(
  options: ScheduleOptions,
  { open, close }: ScheduleStore = inMemory(),
): Promise<ScheduleResult> {
  const { seed, faults, concurrency, killAt } = options;
  const draw = random(seed);
  const chance = (share: number) => draw() < share;
  const configured = (minProfitThreshold: number) =>
    configOf({
      universe: { symbols: SYMBOLS },
      strategy: { minProfitThreshold, cooldownSeconds: 0, maxHoldSeconds: 20 },
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
  const configs = [configured(0.001), configured(0.001), configured(0.002)];
  const witness = new Witness(CAP_USDT, open());
  const deployments = inForce();
  const environments = configs.map((config) => ({
    store: witness.watch(open()),
    settings: compileSettings(config, instrumentsOf(config), { guardsOn: true }),
    source: createSettingsSource(config, deployments),
    refusals: new RefusalNotes(),
  }));
  const [{ store: stored, settings }] = environments as [(typeof environments)[0]];
  const gates = new Gates(nameOfCall);
  const clocks: (PairClock & { readonly dueAtMs: number })[] = [];
  let nowMs = START_MS;
  let handlers = 0;
  let killed = 0;
  let isKilled = false;
  const running = new Set<string>();
  const maker = new TickMaker(settings, 1);

  /** Puts the configuration of an environment in force. */
  async function deploy(which: number): Promise<void> {
    const config = configs[which]!;
    await deployments.write(deploymentOf(config));
    await stored.publishConfiguration(configVersion(config));
  }
  await deploy(0);

  /** A judge of one invocation: its every await is a gate of its own handler. */
  function invocation(handler: string): Judge {
    const own = environments[Math.floor(draw() * environments.length)]!;
    const store = gates.wrap(handler, own.store);
    const outer = gates.wrap(handler, {
      wind: async (clock: PairClock) => void clocks.push({ ...clock, dueAtMs: nowMs + 2000 }),
      until: async (atMs: number) => {
        nowMs = Math.max(nowMs, atMs);
      },
    });
    return new Judge({
      store,
      venues: createPaperVenues({ settings: () => own.settings, memory: store.venueOrders, until: outer.until }),
      observer: SILENT_OBSERVER,
      refusals: own.refusals,
      wind: outer.wind,
      now: () => nowMs,
      source: own.source,
      judged: null,
    });
  }

  function begin(why: 'tick' | 'work', work: (judge: Judge) => Promise<unknown>): void {
    const handler = `${why} ${handlers++}`;
    running.add(handler);
    void work(invocation(handler))
      .catch((error: unknown) => {
        if (!(error instanceof TwinlegError)) throw error;
      })
      .finally(() => running.delete(handler));
  }

  const deliver = ({ body }: SentTick) =>
    begin('tick', async (judge) => {
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
      begin('work', async (judge) => {
        const again = await judge.goOn(clock, async () => bookOf(maker, clock.symbol, nowMs));
        if (again !== null) clocks.push({ ...again, dueAtMs: nowMs + 2000 });
      });
    }
  }

  async function some(): Promise<void> {
    await gates.quiet();
    for (let steps = Math.floor(draw() * 40); steps > 0 && gates.count > 0; steps--) {
      const index = Math.floor(draw() * gates.count);
      const isNow = !isKilled && (gates.passed === killAt || gates.at(index) === killAt);
      if (isNow || chance(faults.kill)) {
        isKilled ||= isNow;
        running.delete(gates.kill(index));
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
    if (chance(faults.deploy)) await deploy(Math.floor(draw() * configs.length));
  }
  for (const tick of queue.splice(0)) deliver(tick);
  while (gates.count > 0) await some();

  const [awaits, met] = [gates.passed, new Set(gates.met)];
  await settle();
  await witness.check(stored);
  await close();
  return { options, trades: witness.trades, awaits, killed, met, killedAt: gates.killedAt };

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

/** A call by what it is of; a commit by the state that it brings a pair to. */
function nameOfCall(handler: string, call: string, [first]: readonly unknown[]): string {
  const what = call === 'commit' ? `commit ${(first as CommitRequest).transition.pair.state}` : call;
  return `${handler.split(' ')[0]}: ${what}`;
}

/** What is deployed, without a table. */
function inForce(): DeploymentStore {
  let now: Deployment | null = null;
  return {
    read: async () => now,
    async write(deployment) {
      now = deployment;
    },
  };
}

function deploymentOf(config: Config): Deployment {
  const instruments = [...instrumentsOf(config).values()];
  return { list: plainList(SYMBOLS), instruments, configVersion: configVersion(config), memory: null, atMs: START_MS };
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
