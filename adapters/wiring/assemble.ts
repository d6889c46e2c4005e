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
import { type AroundCall, aroundCalls } from './store-calls.ts';

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
  /** Told of work that could not be finished; what it throws ends what called the machine. */
  readonly failed: (error: unknown) => void;
  /** Comes between the machine and all that it asks of the store. */
  readonly around?: AroundCall;
  /** Wraps the engine's view of the store, where a replay or a test has to come between. */
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapMemory?: (memory: PaperMemory) => PaperMemory;
}

/** What a machine keeps its state in. */
export interface Kept {
  readonly store: Store;
  readonly memory: PaperMemory;
}

export function keptIn(database: Database): Kept {
  return { store: createSqliteStore(database), memory: createPaperMemory(database) };
}

/** Puts the machine of one process together over an open store: what live runs, replays and tests share. */
export function assembleMachine({ store, memory }: Kept, options: AssembleOptions): TradingMachine {
  const { config } = options;
  const settings = compileSettings(config, options.instruments, { guardsOn: options.guardsOn, list: options.list });
  const wrapped = { store: options.wrapStore?.(store) ?? store, memory: options.wrapMemory?.(memory) ?? memory };
  const called = options.around === undefined ? wrapped : aroundCalls(wrapped, options.around);
  return new TradingMachine({
    settings,
    store: called.store,
    epoch: options.epoch,
    observer: options.observer,
    bus: options.bus ?? createInProcessBus(),
    failed: options.failed,
    initial: store.load(),
    createBroker: (link) => createPaperBroker(link, called.memory),
  });
}

/** For those whom any failure is to end. */
export function rethrow(error: unknown): never {
  throw error;
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
