import { isBetweenStates, type OrderReport } from '../execution/types.ts';
import type { Measurement } from '../guards/outside.ts';
import { Joiner } from '../market/joiner.ts';
import type { Market } from '../market/market.ts';
import type { QuoteUpdate, VenueId } from '../market/types.ts';
import type { Broker } from '../ports/broker.ts';
import type { TickBus } from '../ports/bus.ts';
import type { Store, StoredState } from '../ports/store.ts';
import { Engine, type EngineParts } from './engine.ts';
import { Sequencer } from './sequencer.ts';
import type { Settings } from './settings.ts';
import type { ControlState } from './state.ts';

/** What a broker needs of the machine that it answers to. */
export interface BrokerLink {
  readonly settings: Settings;
  /** The books and the rate as they are known now. */
  market(symbol: string): Market;
  /** Has work done at a moment, before anything received then or later. */
  schedule(atMs: number, run: (atMs: number) => void): void;
  report(symbol: string, report: OrderReport): void;
}

export interface MachineParts extends Omit<EngineParts, 'broker' | 'liveness'> {
  /** Fencing token of this run. */
  readonly epoch: number;
  readonly bus: TickBus;
  createBroker(link: BrokerLink): Broker;
}

/**
 * The whole trading machine of one process: sequencer → joiner → bus → engine → store → broker. Whoever feeds it, a
 * socket, a tape or a test, gives each event with its time; equal events give equal decisions.
 */
export class TradingMachine {
  readonly sequencer: Sequencer;
  readonly joiner: Joiner;
  readonly engine: Engine;
  readonly store: Store;
  #indexOf: ReadonlyMap<string, number>;

  constructor(parts: MachineParts) {
    const { settings, bus } = parts;
    this.store = parts.store;
    this.#indexOf = indicesOf(settings);
    this.sequencer = new Sequencer((atMs) => {
      this.joiner.second(atMs);
      this.engine.second(atMs);
    }, parts.failed);
    this.joiner = new Joiner(settings.watched, parts.epoch, settings.strategy.entryEdge, bus.publish);
    const machine = this;
    const broker = parts.createBroker({
      get settings() {
        return machine.engine.settings;
      },
      market: (symbol) => this.joiner.marketOf(symbol),
      schedule: (atMs, run) => this.sequencer.schedule(atMs, run),
      report: (symbol, report) => {
        const index = this.#indexOf.get(symbol);
        // Dropped symbols hold no position: nobody waits for this answer.
        if (index !== undefined) this.engine.report(report, index, this.joiner.markets[index]!);
      },
    });
    this.engine = new Engine({ ...parts, broker, liveness: this.joiner.liveness });
    bus.subscribe((tick, index) => {
      this.engine.tick(tick, index);
      this.sequencer.drain();
    });
  }

  /** Goes on with what an earlier run left between states. */
  start(atMs: number): void {
    this.sequencer.advanceTo(atMs);
    this.engine.resume(this.sequencer.nowMs);
    this.sequencer.drain();
  }

  /**
   * A mapped quote.
   *
   * @param target the symbol's index, or FX_QUOTE
   */
  quote(venue: VenueId, target: number, update: QuoteUpdate, atMs: number): void {
    const nowMs = this.sequencer.advanceTo(atMs);
    this.joiner.liveness[venue] = nowMs;
    this.engine.heard(nowMs);
    this.joiner.quote(venue, target, update, nowMs);
  }

  /** A connection showed life without a quote: a pong, a status, a frame of something else. */
  alive(venue: VenueId, atMs: number): void {
    const nowMs = this.sequencer.advanceTo(atMs);
    this.joiner.liveness[venue] = nowMs;
    this.engine.heard(nowMs);
  }

  /** Something was measured outside the engine. */
  measure(measurement: Measurement, atMs: number): void {
    this.engine.measure(measurement, this.sequencer.advanceTo(atMs));
  }

  /** The operator changed the trading state. */
  control(control: ControlState, atMs: number): void {
    this.sequencer.advanceTo(atMs);
    this.engine.setControl(control);
  }

  /** Goes by what is stored, where the store may be ahead. */
  reload(stored: StoredState, atMs: number): void {
    this.sequencer.advanceTo(atMs);
    this.engine.reload(stored, this.sequencer.nowMs);
    this.sequencer.drain();
  }

  /** Other settings, another list of symbols, or both: in force from this moment on. Indices are those of `watched`. */
  reconfigure(settings: Settings, atMs: number): void {
    this.sequencer.advanceTo(atMs);
    this.#indexOf = indicesOf(settings);
    this.joiner.setSymbols(settings.watched);
    this.joiner.signals.entryEdge = settings.strategy.entryEdge;
    this.engine.reconfigure(settings);
  }

  /** Does what is due until a moment. */
  advanceTo(atMs: number): void {
    this.sequencer.advanceTo(atMs);
  }

  /** Begins a clean stop. */
  drain(atMs: number): void {
    this.sequencer.advanceTo(atMs);
    this.engine.drain();
  }

  /** Whether a symbol that is watched has a position. */
  holds(symbol: string): boolean {
    return this.engine.states.some((state) => state.symbol === symbol && state.pair !== null);
  }

  /** Whether no pair is between states: open positions may stay, orders may not. */
  get settled(): boolean {
    return this.engine.states.every(({ pair }) => pair === null || !isBetweenStates(pair));
  }
}

function indicesOf({ watched }: Settings): ReadonlyMap<string, number> {
  return new Map(watched.map((symbol, i) => [symbol, i]));
}
