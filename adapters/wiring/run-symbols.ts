import type { Feed } from '#adapters/venues/feed.ts';
import type { Config } from '#core/config.ts';
import { compileSettings, type Settings } from '#core/engine/settings.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import { nextList, type SymbolList, sameSymbols, type WantedSymbols, watchedSymbols } from '#core/universe/list.ts';
import type { Intake } from './intake.ts';
import type { Recording } from './recording.ts';
import type { RunTelemetry } from './telemetry.ts';

interface RunSymbolsParts {
  readonly config: Config;
  readonly list: SymbolList;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly guardsOn: boolean;
  readonly machine: {
    reconfigure(settings: Settings, atMs: number): void;
    /** Whether a position may be open. */
    holds(symbol: string): boolean;
  };
  readonly intake: Intake;
  readonly feeds: Readonly<Record<VenueId, Feed>>;
  readonly telemetry: Pick<RunTelemetry, 'watch'>;
  readonly recording: Recording | null;
  readonly now: () => number;
}

/** What a run is to trade from now on. */
export interface SymbolsChange {
  readonly config: Config;
  readonly wanted: WantedSymbols;
  readonly instruments: ReadonlyMap<string, Instrument>;
}

/** What changed, for whoever tells of it. */
export interface SymbolsChanged {
  readonly added: readonly string[];
  readonly draining: readonly string[];
  readonly dropped: readonly string[];
  readonly configured: boolean;
  /** What the weights could not be made from, where that is not what it was. */
  readonly warnings: readonly string[];
}

/** The symbols and settings of a run, changed while it goes on: one event for machine, mappers, feeds and recording. */
export class RunSymbols {
  readonly #parts: RunSymbolsParts;
  readonly #instruments: Map<string, Instrument>;
  #config: Config;
  #list: SymbolList;
  #warnings: readonly string[] = [];

  constructor(parts: RunSymbolsParts) {
    this.#parts = parts;
    this.#config = parts.config;
    this.#list = parts.list;
    this.#instruments = new Map(parts.instruments);
  }

  get config(): Config {
    return this.#config;
  }

  get list(): SymbolList {
    return this.#list;
  }

  /** @returns null where nothing is different */
  change({ config, wanted, instruments }: SymbolsChange): SymbolsChanged | null {
    const list = nextList(this.#list, wanted, (symbol) => this.#parts.machine.holds(symbol));
    const configured = config !== this.#config;
    const weighed = !sameMeasures(config, list, this.#list);
    if (!configured && !weighed && sameSymbols(list, this.#list)) return null;
    const before = watchedSymbols(this.#list);
    const after = watchedSymbols(list);
    const added = after.filter((symbol) => !before.includes(symbol));
    for (const symbol of added) this.#instruments.set(symbol, instruments.get(symbol)!);
    const told = this.#warnings;
    this.#apply(config, list, added, configured);
    const warnings = this.#warnings;
    return {
      warnings: warnings.join() === told.join() ? [] : warnings,
      added,
      draining: list.draining,
      dropped: before.filter((symbol) => !after.includes(symbol)),
      configured,
    };
  }

  /** Takes over a list that was made elsewhere, as it is, and the configuration with it. */
  adopt({ config, list, instruments }: { config: Config; list: SymbolList; instruments: readonly Instrument[] }): void {
    const before = new Set(watchedSymbols(this.#list));
    for (const instrument of instruments) this.#instruments.set(instrument.symbol, instrument);
    const added = watchedSymbols(list).filter((symbol) => !before.has(symbol));
    this.#apply(config, list, added, config !== this.#config);
  }

  /** Lets go of what has drained. @returns those symbols */
  sweep(): readonly string[] {
    const { symbols, draining } = this.#list;
    // Without a list the drained ones keep the feeds up.
    if (draining.length === 0 || symbols.length === 0) return [];
    const done = draining.filter((symbol) => !this.#parts.machine.holds(symbol));
    if (done.length === 0) return [];
    const list = { ...this.#list, draining: draining.filter((symbol) => !done.includes(symbol)) };
    this.#apply(this.#config, list, [], false);
    return done;
  }

  #apply(config: Config, list: SymbolList, added: readonly string[], configured: boolean): void {
    const { guardsOn, machine, intake, feeds, telemetry, recording, now } = this.#parts;
    const settings = compileSettings(config, this.#instruments, { guardsOn, list });
    const atMs = now();
    recording?.event({
      kind: configured ? 'configuration' : 'universe',
      atMs,
      list,
      instruments: added.map((symbol) => this.#instruments.get(symbol)!),
      config: configured ? config : null,
    });
    machine.reconfigure(settings, atMs);
    this.#config = config;
    this.#list = list;
    this.#warnings = settings.weights.warnings;
    intake.setSymbols(settings.watched);
    telemetry.watch(settings.watched);
    for (const venue of VENUES) feeds[venue].setSymbols(settings.watched);
  }
}

/** Whether both lists give the same weights. */
function sameMeasures({ portfolio }: Config, a: SymbolList, b: SymbolList): boolean {
  if (portfolio.weights === 'equal') return true;
  const of = (list: SymbolList) => (portfolio.weights === 'volume' ? list.volumesUsdt : (list.volatilities ?? {}));
  return a.symbols.every((symbol) => of(a)[symbol] === of(b)[symbol]);
}
