import { refusalAlerts } from '../alerts/refusals.ts';
import type { OrderReport } from '../execution/types.ts';
import { type Measurement, Outside } from '../guards/outside.ts';
import { isQuoted, type Liveness, type Market, type Tick } from '../market/market.ts';
import { Inventory } from '../portfolio/inventory.ts';
import type { Exposure } from '../portfolio/portfolio.ts';
import { seedBalances } from '../portfolio/seed.ts';
import type { Broker } from '../ports/broker.ts';
import type { EntryCaps, Store, StoredState } from '../ports/store.ts';
import { chainOf } from './chains.ts';
import { drive } from './drive.ts';
import { capsOf, roomOf } from './headroom.ts';
import type { EngineObserver } from './observer.ts';
import { Oversight } from './oversight.ts';
import { RefusalLog } from './refusals.ts';
import type { Settings } from './settings.ts';
import type { ControlState, SymbolState, Transition } from './state.ts';
import { initialSymbolState } from './state.ts';
import { momentOf, type StepEvent, step } from './step.ts';
import type { StepWorld } from './world.ts';

export type { EngineObserver } from './observer.ts';

export interface EngineParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly broker: Broker;
  readonly observer: EngineObserver;
  readonly initial: StoredState;
  readonly liveness: Readonly<Liveness>;
  /**
   * Told of work that could not be finished, mostly as the store failed. Each piece of work fails alone: what else is due,
   * and the frame at hand, go on, so that a failure changes nothing but what it hit.
   */
  readonly failed: (error: unknown) => void;
}

type World = { -readonly [K in keyof StepWorld]: StepWorld[K] };

/**
 * Drives the steps of all symbols over one store and one broker: asks the step, commits what it answers, and only then
 * lets orders leave. Everything that enters does so with a time and in order of time (see Sequencer).
 */
export class Engine {
  settings: Settings;
  readonly #store: Store;
  readonly #broker: Broker;
  readonly #observer: EngineObserver;
  readonly #failed: (error: unknown) => void;
  /** Of symbols that are watched no more, or not yet. */
  readonly #resting: Map<string, SymbolState>;
  #states: SymbolState[] = [];
  #seeded: boolean[] = [];
  readonly #inventory: Inventory;
  readonly #refusals: RefusalLog;
  #caps: EntryCaps;
  readonly #world: World;
  readonly #oversight: Oversight;
  /** Reused: most ticks change nothing, and must leave nothing behind. */
  readonly #tickEvent = { kind: 'tick' as const, tick: null as unknown as Tick };
  #commits = 0;

  constructor(parts: EngineParts) {
    const { settings, store, broker, observer, initial } = parts;
    this.settings = settings;
    this.#store = store;
    this.#broker = broker;
    this.#observer = observer;
    this.#failed = parts.failed;
    this.#resting = new Map(initial.symbols.map((state) => [state.symbol, state]));
    this.#watch(settings.watched);
    this.#inventory = new Inventory(initial.balances, initial.firstBalances);
    this.#refusals = new RefusalLog((record) => {
      const alerts = refusalAlerts(record);
      store.record([record], alerts);
      observer.refusal(record);
      for (const alert of alerts) observer.alert(alert);
    });
    this.#caps = capsOf(settings);
    this.#world = {
      settings,
      chain: chainOf(settings),
      control: initial.control,
      exposure: initial.exposure,
      room: roomOf(initial.exposure, settings),
      balances: this.#inventory.held,
      tally: initial.tally,
      outside: new Outside(),
      liveness: parts.liveness,
      draining: false,
    };
    this.#oversight = new Oversight({
      world: this.#world,
      store,
      observer,
      nextOrdinal: () => ++this.#commits,
      adopt: (...change) => this.#adopt(...change),
    });
  }

  get control(): ControlState {
    return this.#world.control;
  }

  get exposure(): Exposure {
    return this.#world.exposure;
  }

  get inventory(): Pick<Inventory, 'held' | 'first'> {
    return this.#inventory;
  }

  get states(): readonly SymbolState[] {
    return this.#states;
  }

  /** What a step sees, for whoever explains the present standing. */
  get world(): StepWorld {
    return this.#world;
  }

  tick(tick: Tick, index: number): void {
    try {
      if (!this.#seeded[index] && isQuoted(tick.market)) this.#seed(tick, index);
      this.#oversight.tick(this.#states[index]!, tick);
      this.#tickEvent.tick = tick;
      this.#run(index, this.#tickEvent);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** A venue's answer; one for an order that nobody waits for is left alone. */
  report(report: OrderReport, index: number, market: Market): void {
    this.#attempt(() => this.#run(index, { kind: 'report', report, market }));
    this.#attempt(() => this.#oversight.clearUnknown(this.#states, report.atMs));
  }

  /** A venue was heard, whatever it said. */
  heard(atMs: number): void {
    try {
      this.#oversight.heard(atMs);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The watchdog's second. */
  second(atMs: number): void {
    this.#world.outside.second(atMs);
    for (let i = 0; i < this.#states.length; i++) {
      if (this.#states[i]!.pair === null) continue;
      this.#attempt(() => this.#run(i, { kind: 'second', atMs }));
      this.#attempt(() => this.#oversight.second(this.#states[i]!, atMs));
    }
    this.#attempt(() => this.#refusals.sweep(atMs));
    this.#attempt(() => this.#oversight.hold(atMs));
    this.#attempt(() => this.#oversight.clearUnknown(this.#states, atMs));
  }

  /** Something was measured outside. */
  measure(measurement: Measurement, atMs: number): void {
    this.#world.outside.take(measurement, atMs);
    this.#attempt(() => this.#oversight.hold(atMs));
  }

  /** After a start: goes on with every pair that an earlier run left between states. */
  resume(atMs: number): void {
    this.#attempt(() => this.#oversight.hold(atMs));
    for (let i = 0; i < this.#states.length; i++) {
      if (this.#states[i]!.pair !== null) this.#attempt(() => this.#run(i, { kind: 'resume', atMs }));
    }
    this.#attempt(() => this.#oversight.clearUnknown(this.#states, atMs));
  }

  /** Goes by what is stored, as a start does: an answer was lost, and the store may be ahead of what is known here. */
  reload({ symbols, exposure, tally, control, ...holdings }: StoredState, atMs: number): void {
    const stored = new Map(symbols.map((state) => [state.symbol, state]));
    this.#states = this.#states.map((state) => stored.get(state.symbol) ?? state);
    this.#inventory.take(holdings);
    this.#takeExposure(exposure);
    this.#world.tally = tally;
    this.#adopt(control, 'outside', null);
    this.resume(atMs);
  }

  /** The trading state was changed from outside. */
  setControl(control: ControlState): void {
    this.#adopt(control, 'outside', null);
  }

  /** Takes over other settings; symbols that stay keep their state, those that come go on from their last. */
  reconfigure(settings: Settings): void {
    this.settings = settings;
    this.#caps = capsOf(settings);
    this.#world.settings = settings;
    this.#world.chain = chainOf(settings);
    this.#world.room = roomOf(this.#world.exposure, settings);
    this.#watch(settings.watched);
  }

  /** Begins a clean stop: pairs between states go on, nothing new begins. */
  drain(): void {
    this.#world.draining = true;
    this.#attempt(() => this.#refusals.endAll());
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error);
    }
  }

  #watch(symbols: readonly string[]): void {
    const seeded = new Set(this.#states.filter((_, i) => this.#seeded[i]).map(({ symbol }) => symbol));
    for (const state of this.#states) this.#resting.set(state.symbol, state);
    this.#states = symbols.map((symbol) => this.#resting.get(symbol) ?? initialSymbolState(symbol));
    this.#seeded = symbols.map((symbol) => seeded.has(symbol));
  }

  #run(index: number, event: StepEvent): void {
    const first = step(this.#states[index]!, event, this.#world);
    if (first === null) return;
    if (first.kind === 'refusal' && event.kind === 'tick') {
      // Most of what is judged ends so: nothing to drive.
      this.#refusals.refused(this.#states[index]!, event.tick, this.#world, first);
      return;
    }
    const nowMs = momentOf(event);
    const ask = (asked: StepEvent) => step(this.#states[index]!, asked, this.#world);
    const run = drive(event, first, { ask, nowMs: () => nowMs });
    let committed: boolean | undefined;
    for (let next = run.next(); !next.done; next = run.next(committed)) {
      const todo = next.value;
      if (todo.kind === 'commit') committed = this.#commit(index, this.#states[index]!, todo.transition, nowMs);
      else if (todo.kind === 'send') {
        this.#broker.place(todo.place, nowMs);
        this.#broker.query(todo.query, nowMs);
      } else if (todo.kind === 'given_up') this.#observer.conflict('given_up');
      else if (event.kind === 'tick')
        this.#refusals.refused(this.#states[index]!, event.tick, this.#world, todo.refusal);
    }
  }

  #commit(index: number, state: SymbolState, transition: Transition, nowMs: number): boolean {
    const world = this.#world;
    const ordinal = ++this.#commits;
    const result = this.#store.commit({
      ordinal,
      expectedVersion: state.version,
      controlVersion: world.control.version,
      caps: this.#caps,
      transition,
    });
    if (!result.ok) {
      this.#observer.conflict(result.conflict);
      if (result.conflict === 'control') this.#adopt(result.control, 'outside', ordinal);
      else if (result.conflict === 'headroom') this.#takeExposure(result.exposure);
      else if (result.conflict === 'pace') world.tally = result.tally;
      else this.#states[index] = result.state;
      return false;
    }
    this.#states[index] = transition.next;
    this.#takeExposure(result.exposure);
    this.#world.tally = result.tally;
    for (const change of transition.balances) this.#inventory.apply(change);
    this.#observer.transition(transition, state.pair);
    for (const alert of transition.alerts) this.#observer.alert(alert);
    if (result.control !== null) this.#adopt(result.control, 'engine', null);
    if (transition.tally?.kind === 'result') this.#oversight.hold(nowMs);
    return true;
  }

  #takeExposure(exposure: Exposure): void {
    if (exposure === this.#world.exposure) return;
    this.#world.exposure = exposure;
    this.#world.room = roomOf(exposure, this.settings);
  }

  #adopt(control: ControlState, origin: 'engine' | 'outside', atCommit: number | null): void {
    if (control.version === this.#world.control.version) return;
    this.#world.control = control;
    this.#observer.control(control, origin, atCommit);
  }

  #seed(tick: Tick, index: number): void {
    const missing = this.#inventory.missing(seedBalances(tick.symbol, tick.market, this.settings));
    if (missing.length > 0) {
      this.#store.seedBalances(missing);
      this.#inventory.give(missing);
      this.#observer.seeded(missing);
    }
    this.#seeded[index] = true;
  }
}
