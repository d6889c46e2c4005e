import type { UniverseKeeper } from '#adapters/universe/keeper.ts';
import type { VenueFailure } from '#adapters/universe/reader.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Config } from '#core/config.ts';
import type { VenueId } from '#core/market/types.ts';
import { inKeptOrder, type WantedSymbols } from '#core/universe/list.ts';
import { isWritten, type Selection } from '#core/universe/select.ts';
import type { RunOptions } from './embedded.ts';
import { hotChange, watchConfig } from './hot-config.ts';
import type { RunSymbols, SymbolsChanged } from './run-symbols.ts';
import type { RunWatch } from './run-watch.ts';
import { emptyUniverse, type StartedUniverse, tellGaps, wantedOf } from './universe-start.ts';

/** After a failure it is tried again after this, then after twice as long, up to `refreshSeconds`, ms. */
const RETRY_MS = 2000;

interface LiveUniverseParts {
  readonly keeper: UniverseKeeper;
  readonly symbols: RunSymbols;
  /** Volatilities of symbols that have none yet, as far as weights are made from them. */
  readonly measure: (config: Config, list: WantedSymbols) => Promise<WantedSymbols['volatilities']>;
  /** What the run began with. */
  readonly first: Pick<StartedUniverse, 'selection' | 'failures'>;
  readonly options: Pick<RunOptions, 'log' | 'configSource'>;
  readonly now: () => number;
  readonly alerts: Pick<RunWatch, 'raise' | 'over'>;
  /** Symbols that a venue warns of. */
  readonly warned: (symbols: readonly string[]) => void;
}

/** Keeps a run's list and configuration current: each `universe.refreshSeconds`, on a changed file, on SIGHUP. */
export class LiveUniverse {
  readonly #parts: LiveUniverseParts;
  readonly #downSinceMs = new Map<VenueId, number>();
  /** The newest valid configuration; its universe takes force with the first list that is made from it. */
  #target: Config;
  #timer: NodeJS.Timeout | null = null;
  #busy = false;
  #again = false;
  #stopped = false;
  #retries = 0;
  #emptyTold = false;
  #warned: readonly string[] = [];
  #forget: () => void = () => {};

  constructor(parts: LiveUniverseParts) {
    this.#parts = parts;
    this.#target = parts.symbols.config;
    this.#warned = parts.first.selection.warned;
  }

  start(): void {
    // A tape tells nothing anew.
    if (this.#target.venues.source.startsWith('tape:')) return;
    if (this.#warned.length > 0) this.#parts.warned(this.#warned);
    const { configSource } = this.#parts.options;
    this.#forget = watchConfig(configSource, () => this.#reload());
    this.#noteFailures(this.#parts.first.failures);
    this.#schedule(this.#waitMs());
  }

  stop(): void {
    this.#stopped = true;
    this.#forget();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.refresh(), ms);
    this.#timer.unref();
  }

  /** Reads the configuration anew. A faulty one is told, all of its faults, and the one in force stays. */
  #reload(): void {
    if (this.#stopped) return;
    const { options, symbols, now, alerts } = this.#parts;
    try {
      const loaded = options.configSource!.load();
      const { config, waiting } = hotChange(symbols.config, loaded);
      if (waiting.length > 0) {
        const message = `${waiting.join(', ')}: changed, and takes force at the next start`;
        options.log('warn', 'config', { message });
      }
      this.#target = config;
      alerts.over('CONFIG_REJECTED', '', 'the configuration is valid again');
      // What the list does not depend on takes force at once, and what is denied goes, whatever the venues' REST does.
      const { allow, deny } = config.universe.filters;
      const isAllowed = (symbol: string) =>
        allow.length === 0 || isWritten(config.universe.mode) || allow.includes(symbol);
      const kept = symbols.list.symbols.filter((symbol) => !deny.includes(symbol) && isAllowed(symbol));
      this.#tell(
        symbols.change({
          config: this.#withList(),
          wanted: { ...symbols.list, symbols: kept },
          instruments: new Map(),
        }),
        'configuration changed',
      );
    } catch (error) {
      const faults = error instanceof Error ? error.message : String(error);
      options.log('error', 'config_rejected', { message: `the configuration before it stays in force: ${faults}` });
      alerts.raise(raise('CONFIG_REJECTED', '', now(), faults));
    }
    void this.refresh();
  }

  /** The target with the universe that is in force: unchanged parts keep the very object, so that nothing counts as new. */
  #withList(): Config {
    const { config } = this.#parts.symbols;
    return hotChange(config, { ...this.#target, universe: config.universe }).config;
  }

  async refresh(): Promise<void> {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        await this.#refreshOnce();
      } while (this.#again && !this.#stopped);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#parts.options.log('error', 'universe_failed', { message: `the list stays as it is: ${message}` });
    } finally {
      this.#busy = false;
      this.#schedule(this.#waitMs());
    }
  }

  async #refreshOnce(): Promise<void> {
    const { keeper, symbols, now, options, warned, measure } = this.#parts;
    const target = this.#target;
    const refresh = await keeper.refresh(target.universe, symbols.list.draining, now);
    if (this.#stopped || target !== this.#target) return;
    tellGaps({ ...refresh, gaps: [] }, options.log);
    this.#noteFailures(refresh.failures);
    const { universe } = refresh;
    // Without a list the one in force stays, be it of this configuration or of the one before.
    if (universe === null) return;
    const { selection, instruments } = universe;
    this.#noteEmpty(selection);
    const wanted = wantedOf(selection);
    const known = wanted.symbols.filter((symbol) => instruments.has(symbol));
    const order = isWritten(selection.mode) ? known : inKeptOrder(symbols.list.symbols, known);
    const volatilities = await measure(target, { ...symbols.list, symbols: order });
    if (this.#stopped || target !== this.#target) return;
    const { config } = hotChange(symbols.config, target);
    const changed = symbols.change({ config, wanted: { ...wanted, symbols: order, volatilities }, instruments });
    this.#target = symbols.config;
    this.#tell(changed, 'universe changed');
    if (selection.warned.join() !== this.#warned.join()) warned(selection.warned);
    this.#warned = selection.warned;
  }

  #waitMs(): number {
    const usual = this.#target.universe.refreshSeconds * 1000;
    return this.#retries === 0 ? usual : Math.min(usual, RETRY_MS * 2 ** Math.min(this.#retries - 1, 10));
  }

  /** One alert for each outage of a venue, and a word when it is over. */
  #noteFailures(failures: readonly VenueFailure[]): void {
    const { now, alerts, options } = this.#parts;
    this.#retries = failures.length === 0 ? 0 : this.#retries + 1;
    for (const { venue, message } of failures) {
      if (this.#downSinceMs.has(venue)) continue;
      this.#downSinceMs.set(venue, now());
      alerts.raise(raise('UNIVERSE_STALE', venue, now(), `${venue}: ${message}`));
    }
    for (const venue of [...this.#downSinceMs.keys()]) {
      if (failures.some((failure) => failure.venue === venue)) continue;
      this.#downSinceMs.delete(venue);
      const message = `${venue} tells what it lists again`;
      options.log('info', 'universe_fresh', { venue, message });
      alerts.over('UNIVERSE_STALE', venue, message);
    }
  }

  #noteEmpty(selection: Selection): void {
    const isEmpty = selection.included.length === 0;
    const { now, alerts, options } = this.#parts;
    if (isEmpty && !this.#emptyTold) {
      const { message } = emptyUniverse(selection);
      options.log('error', 'universe_empty', { message });
      alerts.raise(raise('UNIVERSE_EMPTY', '', now(), message));
    }
    if (!isEmpty && this.#emptyTold) alerts.over('UNIVERSE_EMPTY', '', 'there are symbols again');
    this.#emptyTold = isEmpty;
  }

  #tell(changed: SymbolsChanged | null, message: string): void {
    if (changed === null) return;
    const { added, draining, dropped, configured, warnings } = changed;
    for (const warning of warnings) this.#parts.options.log('warn', 'weights', { message: warning });
    const { symbols } = this.#parts.symbols.list;
    this.#parts.options.log('info', 'universe_changed', {
      message,
      symbols: symbols.length,
      added,
      draining,
      dropped,
      configured,
    });
  }
}
