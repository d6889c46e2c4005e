import { emptyFeatures, updateFeatures } from '../features/features.ts';
import { Signals } from '../features/signals.ts';
import { FX_QUOTE } from './mapping.ts';
import { emptyFx, emptyMarket, type FxQuote, isQuoted, type Liveness, type Market, type Tick } from './market.ts';
import { byVenue, copySide, type QuoteUpdate, type VenueId } from './types.ts';

/** Takes what left the joiner; valid during the call only. */
export type TickConsumer = (tick: Tick, symbolIndex: number) => void;

/**
 * Joins both venues and the exchange rate into one tick per symbol. Every frame makes its own tick: a venue's frame
 * one of its symbol, an FX frame one of every symbol in the configured order.
 */
export class Joiner {
  markets: readonly Market[] = [];
  readonly fx: FxQuote = emptyFx();
  readonly liveness: Liveness = byVenue(() => -1);
  readonly signals: Signals;
  readonly #bySymbol = new Map<string, Tick>();
  #epoch: number;
  readonly #publish: TickConsumer;
  #ticks: readonly Tick[] = [];
  #seq = 0;

  /** @param entryEdge gross edge that an entry needs: what crosses it is watched over all symbols together */
  constructor(symbols: readonly string[], epoch: number, entryEdge: number, publish: TickConsumer) {
    this.signals = new Signals(entryEdge);
    this.#epoch = epoch;
    this.#publish = publish;
    this.setSymbols(symbols);
  }

  /** Joins these from now on, in this order: what stays keeps its books, what comes begins empty. */
  setSymbols(symbols: readonly string[]): void {
    const before = new Map(this.#ticks.map((tick, i) => [tick, i]));
    this.#ticks = symbols.map((symbol) => {
      const known = this.#bySymbol.get(symbol);
      return known !== undefined && before.has(known) ? known : this.#begin(symbol);
    });
    this.markets = this.#ticks.map(({ market }) => market);
    this.signals.rearrange(this.#ticks.map((tick) => before.get(tick) ?? -1));
  }

  /** The market of a symbol that is joined now, or was: an order may still be under way to it. */
  marketOf(symbol: string): Market {
    return (this.#bySymbol.get(symbol) ?? this.#begin(symbol)).market;
  }

  /** Fencing token of every tick from now on. */
  set epoch(epoch: number) {
    this.#epoch = epoch;
    for (const tick of this.#bySymbol.values()) tick.epoch = epoch;
  }

  /** Ticks made so far. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Takes one mapped quote.
   *
   * @param target a symbol's index, or FX_QUOTE
   */
  quote(venue: VenueId, target: number, update: QuoteUpdate, nowMs: number): void {
    if (target === FX_QUOTE) {
      if (update.bid.count === 0 || update.ask.count === 0) return;
      this.fx.bid = update.bid.price[0]!;
      this.fx.ask = update.ask.price[0]!;
      this.fx.receivedAtMs = nowMs;
      // All are looked at before the first is judged: an event of the rate is told from one of a coin.
      for (let i = 0; i < this.#ticks.length; i++) this.signals.cross(i, this.markets[i]!, nowMs);
      for (let i = 0; i < this.#ticks.length; i++) this.#tick(i, nowMs);
      return;
    }
    const book = this.markets[target]![venue];
    const bidChanged = copySide(update.bid, book.bid);
    if (copySide(update.ask, book.ask) || bidChanged) {
      book.changedAtMs = nowMs;
      book.repeats = 0;
    } else book.repeats++;
    book.receivedAtMs = nowMs;
    this.signals.observe(target, this.markets[target]!, nowMs);
    this.#tick(target, nowMs);
  }

  /** Each whole second, before anything received then. */
  second(atMs: number): void {
    this.signals.second(atMs, this.fx);
  }

  #begin(symbol: string): Tick {
    const market = emptyMarket(this.fx, this.liveness, emptyFeatures(), this.signals);
    const tick = { epoch: this.#epoch, seq: 0, receivedAtMs: 0, symbol, market };
    this.#bySymbol.set(symbol, tick);
    return tick;
  }

  #tick(index: number, nowMs: number): void {
    const tick = this.#ticks[index]!;
    tick.seq = ++this.#seq;
    tick.receivedAtMs = nowMs;
    if (isQuoted(tick.market)) updateFeatures(tick.market.features, tick.market, nowMs);
    this.#publish(tick, index);
  }
}
