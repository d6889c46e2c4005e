import { createPaperBroker, type PaperMemory } from '#adapters/broker/paper.ts';
import { createInProcessBus } from '#adapters/bus/in-process.ts';
import type { Database } from '#adapters/store/sqlite/database.ts';
import { createPaperMemory } from '#adapters/store/sqlite/runs.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { Config } from '#core/config.ts';
import type { EngineObserver } from '#core/engine/engine.ts';
import { TradingMachine } from '#core/engine/machine.ts';
import { compileSettings } from '#core/engine/settings.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { TickBus } from '#core/ports/bus.ts';
import type { Store } from '#core/ports/store.ts';
import type { SymbolList } from '#core/universe/list.ts';

export interface AssembleOptions {
  readonly config: Config;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly guardsOn: boolean;
  /** What is traded; `universe.symbols` where it is left out. */
  readonly list?: SymbolList | undefined;
  readonly epoch: number;
  readonly observer: EngineObserver;
  /** Carries the ticks; a call where it is left out. */
  readonly bus?: TickBus | undefined;
  /** Wraps the engine's view of the store, where a replay or a test has to come between. */
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapMemory?: (memory: PaperMemory) => PaperMemory;
}

/** Puts the machine of one process together over an open store: what live runs, replays and tests share. */
export function assembleMachine(database: Database, options: AssembleOptions): TradingMachine {
  const { config } = options;
  const settings = compileSettings(config, options.instruments, { guardsOn: options.guardsOn, list: options.list });
  const stored = createSqliteStore(database);
  const memory = createPaperMemory(database);
  const store = options.wrapStore?.(stored) ?? stored;
  return new TradingMachine({
    settings,
    store,
    epoch: options.epoch,
    observer: options.observer,
    initial: store.load(),
    bus: options.bus ?? createInProcessBus(),
    createBroker: (link) => createPaperBroker(link, options.wrapMemory?.(memory) ?? memory),
  });
}

/** Hears nothing: for replays, which read the store afterwards. */
export const SILENT_OBSERVER: EngineObserver = {
  transition() {},
  refusal() {},
  alert() {},
  control() {},
  seeded() {},
  conflict() {},
};
