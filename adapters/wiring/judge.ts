import type { DeliveredTick } from '#adapters/bus/sqs/message.ts';
import {
  type Basis,
  Desk,
  type DeskParts,
  type PairClock,
  STEPS_OF_CLOCK,
  type Surroundings,
} from '#core/engine/desk.ts';
import type { Settings } from '#core/engine/settings.ts';
import { type Transit, transitOf } from '#core/engine/transit.ts';
import { TwinlegError } from '#core/errors.ts';
import { isBetweenStates } from '#core/execution/types.ts';
import { Outside } from '#core/guards/outside.ts';
import type { Market } from '#core/market/market.ts';
import type { SymbolView } from '#core/ports/cloud-store.ts';
import type { HostOrders } from '#core/ports/venue.ts';

/** What became of one delivered tick. `fenced`: a newer gateway has taken over; `other_settings`: no entry on it. */
export type Judged = Transit | 'fenced' | 'unknown_symbol' | 'other_settings';

/** The settings in force at a configuration's epoch; null where none are published that this deployment can read. */
export interface SettingsSource {
  at(epoch: number): Promise<{ readonly settings: Settings; readonly agrees: boolean } | null>;
}

export interface JudgeParts extends Omit<DeskParts, 'settings'> {
  readonly source: SettingsSource;
  /** Told of what was judged and on what, once it is done: for the log of ticks. */
  readonly judged: ((entry: JudgedEntry) => void) | null;
}

/** What was judged: a tick, or a pair that went on, on a book or without one. */
export type Work = { readonly tick: DeliveredTick } | { readonly clock: PairClock; readonly market: Market | null };

/** All that a judgement rested on, so that it can be made again. */
export interface JudgedEntry {
  readonly atMs: number;
  readonly work: Work;
  readonly view: SymbolView;
  readonly basis: Basis;
  readonly mayEnter: boolean;
  /** What the clock said each time that it was asked. */
  readonly readings: readonly number[];
}

/** Judges what functions were given: one read, the desk, nothing remembered between. */
export class Judge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** @param queuedAtMs when the queue took the tick, by its own clock, or null */
  async tick(delivered: DeliveredTick, queuedAtMs: number | null): Promise<Judged> {
    const { store, now } = this.#parts;
    const { tick, sentAtMs, outside } = delivered;
    const { receivedAtMs, symbol } = tick;
    const transit = transitOf({ receivedAtMs, sentAtMs, queuedAtMs, nowMs: now() });
    if (transit === 'late') return transit;
    const view = await store.read(symbol);
    if (tick.epoch < view.epochs.gateway) return 'fenced';
    const known = await this.#settings(view, symbol);
    // One that was sent under an older list may be of a symbol that has just left it.
    if (known === null) return delivered.configEpoch < view.epochs.configuration ? 'other_settings' : 'unknown_symbol';
    const mayEnter = transit === 'in_time' && known.agrees;
    const surroundings = { outside, liveness: tick.market.liveness };
    const desk = this.#desk(view, known.settings, surroundings);
    await this.#told({ work: { tick: delivered }, view, mayEnter }, desk, () => desk.at.tick(tick, mayEnter));
    return transit === 'in_time' && !known.agrees ? 'other_settings' : transit;
  }

  /**
   * Goes on with a pair whose delayed message came due.
   *
   * @param book asked for only where the pair needs one
   * @returns the clock to wind again, or null where the pair rests or ended
   */
  async goOn(clock: PairClock, book: () => Promise<Market | null>): Promise<PairClock | null> {
    const { symbol, positionId, version } = clock;
    const view = await this.#parts.store.read(symbol);
    const { pair } = view.state;
    if (pair?.id !== positionId || !isBetweenStates(pair)) return null;
    // A later step left its own message; the first that has to may have died before it could.
    if (view.state.version > version + STEPS_OF_CLOCK) return null;
    const known = await this.#settings(view, symbol);
    if (known === null) return clock;
    const market = pair.pending.length === 0 ? await book() : null;
    const liveness = market?.liveness ?? { binance: -1, upbit: -1 };
    const desk = this.#desk(view, known.settings, { outside: new Outside(), liveness });
    await this.#told({ work: { clock, market }, view, mayEnter: false }, desk, () => desk.at.goOn(market));
    const { state } = desk.at;
    if (state.pair === null || !isBetweenStates(state.pair) || state.version !== view.state.version) return null;
    return { symbol, positionId, version: state.version };
  }

  /**
   * Brings orders to their end that a function handed over. One that is late, or may have left already, is asked for.
   *
   * @param isRepeated handed over before
   * @throws TwinlegError `SETTINGS_UNKNOWN`
   */
  async leave({ symbol, orders, how, sentAtMs, market }: HostOrders, isRepeated: boolean): Promise<void> {
    const { store, now } = this.#parts;
    const view = await store.read(symbol);
    const known = await this.#settings(view, symbol);
    if (known === null) {
      const message = `no settings are deployed for ${symbol}`;
      throw new TwinlegError('SETTINGS_UNKNOWN', message, 'the next try finds them', { retryable: true });
    }
    const isLate = now() - sentAtMs > known.settings.execution.entryExpiresMs;
    const liveness = market?.liveness ?? { binance: -1, upbit: -1 };
    const desk = this.#desk(view, known.settings, { outside: new Outside(), liveness });
    await desk.at.leave(orders, isLate || isRepeated ? 'query' : how, market);
  }

  async #settings(view: SymbolView, symbol: string) {
    const known = await this.#parts.source.at(view.epochs.configuration);
    return known?.settings.rules.has(symbol) ? known : null;
  }

  #desk(view: SymbolView, settings: Settings, surroundings: Surroundings) {
    const readings: number[] = [];
    const now = () => {
      const atMs = this.#parts.now();
      readings.push(atMs);
      return atMs;
    };
    return { at: new Desk({ ...this.#parts, settings, now }, view, surroundings), readings };
  }

  /** Tells what was judged, also where the store failed half-way: what was committed until then has happened. */
  async #told(
    entry: Pick<JudgedEntry, 'work' | 'view' | 'mayEnter'>,
    { at: desk, readings }: { readonly at: Desk; readonly readings: readonly number[] },
    work: () => Promise<void>,
  ): Promise<void> {
    const atMs = this.#parts.now();
    try {
      await work();
    } finally {
      this.#parts.judged?.({ ...entry, basis: desk.basis, atMs, readings });
    }
  }
}
