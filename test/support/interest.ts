import type { Transition } from '#core/engine/state.ts';
import { InterestFilter } from '#core/gateway/interest.ts';
import type { InterestTiming } from '#core/gateway/timing.ts';
import type { Market, Tick } from '#core/market/market.ts';
import type { TickBus, TickHandler } from '#core/ports/bus.ts';
import type { BookFrame } from '../reference/pulsing-market.ts';
import { random } from '../reference/synthetic.ts';
import { type TestMachine, testMachine } from './machine.ts';

/** As short as the delivery allows: a run of minutes sees every standing, and nothing is settled a moment too early. */
function shortTiming({ maxDelayMs }: Pick<Delivery, 'maxDelayMs'>): InterestTiming {
  return { clearsAfterMs: maxDelayMs + 1500, settlesAfterMs: maxDelayMs + 20, heartbeatMs: 5000, pulseMs: 1000 };
}

export interface Delivery {
  /** Longest way of a tick to whoever judges it, ms; ticks of a symbol keep their order. */
  readonly maxDelayMs: number;
  /** From a read's beginning to its answer, ms. */
  readonly readLagMs: number;
  /** Until the queue answers for a tick, ms. */
  readonly ackMs?: number;
  /** Share of the reads that the store does not answer. */
  readonly lostReads?: number;
  /** Whole seconds from the first frame at which another gateway takes over, and at which functions' rules begin or cease to differ. */
  readonly takeOvers?: readonly number[];
  readonly otherRules?: readonly number[];
}

export interface Told {
  /** The operator's word, at whole seconds from the first frame. */
  readonly second: number;
  readonly tradingState: 'ACTIVE' | 'REDUCE_ONLY' | 'HALTED';
  readonly flatten: boolean;
}

export interface PlayOptions {
  readonly told?: readonly Told[];
  readonly timing?: InterestTiming;
  readonly guardsOn?: boolean;
}

export interface InterestRun {
  readonly decisions: readonly string[];
  readonly reasons: readonly string[];
  readonly ticks: number;
  readonly sent: number;
}

/** Something that a venue says at a moment. */
export interface MarketEvent {
  readonly atMs: number;
  happens(t: TestMachine): void;
}

export function eventsOf(frames: readonly BookFrame[]): MarketEvent[] {
  return frames.map(({ atMs, venue, symbol, bids, asks }) => ({
    atMs,
    happens(t) {
      if (symbol === null) t.fx(atMs, bids[0]![0], asks[0]![0]);
      else t.quote(atMs, venue, symbol, bids, asks);
    },
  }));
}

/** Plays one market through the product's own machine; with a filter only what it lets pass is judged. */
export function playMarket(
  events: readonly MarketEvent[],
  raw: object,
  filtered: boolean,
  delivery: Delivery,
  { told = [], timing = shortTiming(delivery), guardsOn = true }: PlayOptions = {},
): InterestRun {
  const { maxDelayMs, readLagMs, ackMs = 0, lostReads = 0, takeOvers = [], otherRules = [] } = delivery;
  const startMs = events[0]!.atMs;
  const draw = random(startMs % 9973);
  const drawReads = random(startMs % 9967);
  let handle: TickHandler = () => {};
  let filter: InterestFilter | null = null;
  let ticks = 0;
  let sent = 0;
  const dueMs: number[] = [];
  let underWay = new Map<string, number>();
  let sameRules = true;
  const bus: TickBus = {
    publish(tick, index) {
      ticks++;
      const { receivedAtMs: atMs } = tick;
      const due = Math.max(dueMs[index] ?? 0, atMs + Math.floor(draw() * maxDelayMs));
      dueMs[index] = due;
      if (filter !== null) {
        if (filter.judge(index, tick) === null) return;
        handOver(filter, tick);
      }
      sent++;
      if (maxDelayMs === 0) handle(tick, index);
      else {
        const copy = copyOf(tick);
        t.machine.sequencer.schedule(due, () => handle(copy, index));
      }
    },
    subscribe(handler) {
      handle = handler;
    },
  };
  const refused: string[] = [];
  const t: TestMachine = testMachine({
    raw,
    bus,
    guardsOn,
    observer: { refusal: ({ id, code }) => refused.push(`${id} ${code}`) },
  });
  const { settings } = t.machine.engine;
  if (filtered) filter = new InterestFilter(settings.strategy, timing, settings, startMs);

  /** Hands a tick over to the queue, which answers later: for a symbol once nothing of it is under way. */
  function handOver(to: InterestFilter, tick: Tick): void {
    const { symbol, receivedAtMs: atMs } = tick;
    to.leaves(tick);
    const own = underWay;
    own.set(symbol, (own.get(symbol) ?? 0) + 1);
    const answered = () => {
      own.set(symbol, own.get(symbol)! - 1);
      if (own.get(symbol) === 0) to.left(symbol, atMs + ackMs);
    };
    if (ackMs === 0) answered();
    else t.machine.sequencer.schedule(atMs + ackMs, answered);
  }

  function read(atMs: number): void {
    if (drawReads() < lostReads) return;
    const { control, states } = t.machine.engine;
    const isSame = sameRules;
    const answer = states.map((state) => state);
    const apply = (): void => {
      for (const state of answer) filter?.read(state, atMs);
      filter?.account({ flatten: control.flatten, sameConfiguration: isSame }, t.machine.sequencer.nowMs);
    };
    if (readLagMs === 0) apply();
    else t.machine.sequencer.schedule(atMs + readLagMs, apply);
  }

  let second = 0;
  for (const { atMs, happens } of events) {
    for (; startMs + second * 1000 <= atMs; second++) {
      const secondMs = startMs + second * 1000;
      t.machine.advanceTo(secondMs);
      for (const word of told) {
        if (word.second !== second) continue;
        const { tradingState, flatten } = word;
        const control = t.machine.store.changeControl({ tradingState, reason: 'told', flatten, atMs: secondMs });
        t.machine.control(control, secondMs);
      }
      if (otherRules.includes(second)) sameRules = !sameRules;
      if (filter !== null && takeOvers.includes(second)) {
        underWay = new Map();
        filter = new InterestFilter(settings.strategy, timing, settings, secondMs);
      }
      read(secondMs);
    }
    happens(t);
  }
  t.machine.advanceTo(events.at(-1)!.atMs + maxDelayMs + 1);
  t.close();
  return {
    decisions: [...t.transitions.map((transition) => JSON.stringify(transition)), ...refused],
    reasons: t.transitions.flatMap(reasonOf),
    ticks,
    sent,
  };
}

function reasonOf({ decision, pair }: Transition): string[] {
  if (decision !== null) return [decision.code];
  return pair.state === 'UNWINDING' ? ['UNWINDING'] : [];
}

/** A tick as a message carries it: nothing of it changes any more. */
function copyOf({ epoch, seq, receivedAtMs, symbol, market }: Tick): Tick {
  const { binance, upbit, fx, liveness, features, signals } = market;
  const copied: Market = {
    ...structuredClone({ binance, upbit, fx, liveness, features }),
    signals,
  };
  return { epoch, seq, receivedAtMs, symbol, market: copied };
}
