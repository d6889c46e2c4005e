import { refusalAlerts } from '../alerts/refusals.ts';
import { isBetweenStates, type Order, type Pair } from '../execution/types.ts';
import { emptyFeatures } from '../features/features.ts';
import { Signals } from '../features/signals.ts';
import type { Outside } from '../guards/outside.ts';
import { emptyFx, emptyMarket, isQuoted, type Liveness, type Market, type Tick } from '../market/market.ts';
import { Inventory } from '../portfolio/inventory.ts';
import { balanceKey } from '../portfolio/portfolio.ts';
import { seedBalances } from '../portfolio/seed.ts';
import type { CloudStore, SymbolView } from '../ports/cloud-store.ts';
import type { CommitResult } from '../ports/store.ts';
import type { VenueSession, Venues } from '../ports/venue.ts';
import { chainOf } from './chains.ts';
import { isHolding, OUTCOME_UNKNOWN } from './control.ts';
import { drive } from './drive.ts';
import type { EngineObserver } from './engine.ts';
import { nextHold } from './guard-watch.ts';
import { capsOf, roomOf } from './headroom.ts';
import type { RefusalNotes } from './refusal-notes.ts';
import type { Settings } from './settings.ts';
import type { ControlState, HoldChange, StepResult, SymbolState, Transition } from './state.ts';
import { type StepEvent, step } from './step.ts';
import type { StepWorld } from './world.ts';

/** A pair between states: its clock has to be wound before anything else is done with it. */
export interface PairClock {
  readonly symbol: string;
  readonly positionId: string;
  readonly version: number;
}

/** One clock stands for so many steps, the one that it was wound at among them: a way in or out takes no more. */
export const STEPS_OF_CLOCK = 3;

export interface DeskParts {
  readonly settings: Settings;
  readonly store: CloudStore;
  readonly venues: Venues;
  readonly observer: EngineObserver;
  readonly refusals: RefusalNotes;
  /** Leaves the delayed message that goes on with a pair, should this invocation not. */
  wind(clock: PairClock): Promise<void>;
  /** This machine's clock, ms. */
  now(): number;
}

/** What came with the event and is no part of any stored state. */
export interface Surroundings {
  readonly outside: Outside;
  readonly liveness: Readonly<Liveness>;
}

/** The state that an event was judged on at last: what other writers had made of it by then. */
export interface Basis {
  readonly version: number;
  /** Whether anything was committed on it. */
  readonly committed: boolean;
}

type World = { -readonly [K in keyof StepWorld]: StepWorld[K] };

/**
 * Judges events of one symbol where nothing is remembered between them: all it knows is one read of the store and the
 * event. The same steps, driven by the same rule as in one process (see `drive`), each awaited.
 */
export class Desk {
  readonly #parts: DeskParts;
  readonly #world: World;
  readonly #inventory: Inventory;
  #state: SymbolState;
  #basis: Basis;
  #commits = 0;
  /** Of the last clock that was wound here. */
  #woundAt = Number.NEGATIVE_INFINITY;
  #mayEnter = true;

  constructor(parts: DeskParts, view: SymbolView, { outside, liveness }: Surroundings) {
    const { settings } = parts;
    this.#parts = parts;
    this.#state = view.state;
    this.#basis = { version: view.state.version, committed: false };
    this.#inventory = new Inventory(view.balances, {});
    this.#world = {
      settings,
      chain: chainOf(settings),
      control: view.control,
      exposure: view.exposure,
      room: roomOf(view.exposure, settings),
      balances: this.#inventory.held,
      tally: view.tally,
      outside,
      liveness,
      draining: false,
    };
  }

  get state(): SymbolState {
    return this.#state;
  }

  get basis(): Basis {
    return this.#basis;
  }

  /** @param mayEnter false where the tick was under way for too long to open anything on it */
  async tick(tick: Tick, mayEnter: boolean): Promise<void> {
    this.#mayEnter = mayEnter;
    if (mayEnter && isQuoted(tick.market)) await this.#seed(tick);
    if (mayEnter) await this.#hold(tick.receivedAtMs);
    await this.#toTheEnd({ kind: 'tick', tick }, tick.market);
  }

  /** Goes on with the symbol's pair, on a book of now where one could be had. */
  async goOn(market: Market | null): Promise<void> {
    this.#mayEnter = false;
    await this.#toTheEnd({ kind: 'continue', atMs: this.#parts.now(), market }, market);
  }

  /** The event, then every answer to the orders that it sent. */
  async #toTheEnd(event: StepEvent, market: Market | null): Promise<void> {
    const session = this.#parts.venues.session(market);
    await this.#run(event, session);
    await this.#answers(session, market);
  }

  /** Lets orders leave that are committed, or asks what became of them; those that were answered meanwhile stay. */
  async leave(orders: readonly Order[], how: 'place' | 'query', market: Market | null): Promise<void> {
    this.#mayEnter = false;
    const pending = new Set(this.#state.pair?.pending.map(({ id }) => id));
    const session = this.#parts.venues.session(market);
    session[how](
      orders.filter(({ id }) => pending.has(id)),
      this.#parts.now(),
    );
    await this.#answers(session, market);
  }

  async #answers(session: VenueSession, market: Market | null): Promise<void> {
    for (let report = await session.next(); report !== null; report = await session.next()) {
      await this.#run({ kind: 'report', report, market: market ?? UNSEEN }, session);
    }
    await this.#clearUnknown();
  }

  async #run(event: StepEvent, session: VenueSession): Promise<void> {
    const { now, observer, refusals, store } = this.#parts;
    const run = drive(event, this.#ask(event), { ask: (asked) => this.#ask(asked), nowMs: now });
    let committed: boolean | undefined;
    for (let next = run.next(); !next.done; next = run.next(committed)) {
      const todo = next.value;
      if (todo.kind === 'commit') committed = await this.#commit(todo.transition);
      else if (todo.kind === 'send') {
        const nowMs = event.kind === 'report' ? event.report.atMs : now();
        session.place(todo.place, nowMs);
        session.query(todo.query, nowMs);
      } else if (todo.kind === 'given_up') observer.conflict('given_up');
      else if (event.kind === 'tick') {
        const { records, noted } = refusals.refused(this.#state, event.tick, this.#world, todo.refusal);
        const alerts = records.flatMap(refusalAlerts);
        if (records.length > 0) await store.record(records, alerts);
        noted();
        for (const record of records) observer.refusal(record);
        for (const alert of alerts) observer.alert(alert);
      }
    }
  }

  #ask(event: StepEvent): StepResult {
    const { pair } = this.#state;
    if (event.kind === 'tick') {
      if (pair === null && !this.#mayEnter) return null;
      // Judged before: a duplicate, or overtaken by a tick that something was decided on.
      if (!isNewer(event.tick, this.#state) && (pair === null || pair.state === 'OPEN')) return null;
    }
    return step(this.#state, event, this.#world);
  }

  async #commit(transition: Transition): Promise<boolean> {
    const { store, settings, observer } = this.#parts;
    const before = this.#state.pair;
    const committing = store.commit({
      ordinal: ++this.#commits,
      expectedVersion: this.#state.version,
      controlVersion: this.#world.control.version,
      caps: capsOf(settings),
      transition,
    });
    const { pair, next } = transition;
    // Both at once: a message whose step was not committed is harmless, a step without a message might stand still.
    const [result] = await Promise.all([committing, this.#wind(pair, next.version)]);
    if (!result.ok) {
      observer.conflict(result.conflict);
      this.#learn(result);
      return false;
    }
    this.#state = next;
    this.#basis = { ...this.#basis, committed: true };
    this.#takeExposure(result.exposure);
    this.#world.tally = result.tally;
    for (const change of transition.balances) this.#inventory.apply(change);
    observer.transition(transition, before);
    for (const alert of transition.alerts) observer.alert(alert);
    if (result.control !== null) this.#adopt(result.control);
    if (transition.tally?.kind === 'result') await this.#hold(pair.closedAtMs ?? this.#parts.now());
    return true;
  }

  async #wind(pair: Pair, version: number): Promise<void> {
    if (!isBetweenStates(pair) || version < this.#woundAt + STEPS_OF_CLOCK) return;
    await this.#parts.wind({ symbol: pair.symbol, positionId: pair.id, version });
    this.#woundAt = version;
  }

  #learn(result: Exclude<CommitResult, { ok: true }>): void {
    if (result.conflict === 'control') this.#adopt(result.control);
    else if (result.conflict === 'headroom') this.#takeExposure(result.exposure);
    else if (result.conflict === 'pace') this.#world.tally = result.tally;
    else {
      this.#state = result.state;
      if (!this.#basis.committed) this.#basis = { version: result.state.version, committed: false };
    }
  }

  #takeExposure(exposure: StepWorld['exposure']): void {
    this.#world.exposure = exposure;
    this.#world.room = roomOf(exposure, this.#parts.settings);
  }

  #adopt(control: ControlState): void {
    if (control.version === this.#world.control.version) return;
    this.#world.control = control;
    this.#parts.observer.control(control, 'engine', null);
  }

  /** Lets holds begin as the standing guards' conditions do, and end where what came with the event is fresh. */
  async #hold(atMs: number): Promise<void> {
    const { observer } = this.#parts;
    const next = () => nextHold(this.#world, atMs, this.#mayEnter);
    for (let found = next(); found !== null; found = next()) {
      if (!(await this.#putHold(found.change, [found.record], found.alerts))) continue;
      observer.refusal(found.record);
      for (const alert of found.alerts) observer.alert(alert);
    }
  }

  async #putHold(
    change: HoldChange,
    decisions: Parameters<CloudStore['hold']>[0]['decisions'],
    alerts: Parameters<CloudStore['hold']>[0]['alerts'],
  ): Promise<boolean> {
    const controlVersion = this.#world.control.version;
    const ordinal = ++this.#commits;
    const { ok, control } = await this.#parts.store.hold({ ordinal, controlVersion, change, decisions, alerts });
    this.#adopt(control);
    return ok;
  }

  /** Ends the hold of an unknown outcome once no symbol's order is unknown any more. */
  async #clearUnknown(): Promise<void> {
    const { store, settings, now } = this.#parts;
    const unknown = ({ pair }: SymbolState) => pair?.pending.some(({ status }) => status === 'unknown') ?? false;
    if (!isHolding(this.#world.control, OUTCOME_UNKNOWN) || unknown(this.#state)) return;
    const { states } = await store.readInterest(settings.watched);
    if ([...states.values()].some(unknown)) return;
    const reason = 'every outcome is known again';
    const change = { code: OUTCOME_UNKNOWN, holds: false, reason, atMs: now() };
    // Somebody else's change of the control comes first: the next event of any symbol asks again.
    await this.#putHold(change, [], []);
  }

  async #seed(tick: Tick): Promise<void> {
    const { settings, store, observer } = this.#parts;
    const missing = this.#inventory.missing(seedBalances(tick.symbol, tick.market, settings));
    if (missing.length === 0) return;
    await store.seedBalances(missing);
    // Another environment may have been first, with its own quotes: what counts is what is stored.
    const { balances } = await store.read(tick.symbol);
    this.#inventory.give(
      missing.map((first) => ({ ...first, quantity: balances[balanceKey(first.venue, first.asset)]! })),
    );
    observer.seeded(missing);
  }
}

/** Shows nothing: answers are taken, legs are balanced by whoever goes on with a book. */
const UNSEEN: Market = emptyMarket(
  emptyFx(),
  { binance: -1, upbit: -1 },
  emptyFeatures(),
  new Signals(Number.POSITIVE_INFINITY),
);

function isNewer(tick: Tick, { epoch, seq }: SymbolState): boolean {
  return tick.epoch > epoch || (tick.epoch === epoch && tick.seq > seq);
}
