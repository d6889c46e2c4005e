import type { PaperMemory } from '#adapters/broker/paper.ts';
import { type Database, openDatabase } from '#adapters/store/sqlite/database.ts';
import { assembleMachine, keptIn, rethrow, SILENT_OBSERVER } from '#adapters/wiring/assemble.ts';
import type { AroundCall } from '#adapters/wiring/store-calls.ts';
import type { Config } from '#core/config.ts';
import type { EngineObserver } from '#core/engine/engine.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import type { Transition } from '#core/engine/state.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { type BookSide, emptySide, type QuoteUpdate, type VenueId } from '#core/market/types.ts';
import type { TickBus } from '#core/ports/bus.ts';
import type { Store } from '#core/ports/store.ts';
import type { SymbolList } from '#core/universe/list.ts';
import { configOf, instrumentsOf } from './backtest.ts';

export type Levels = readonly (readonly [price: number, quantity: number])[];

export interface TestMachine {
  readonly machine: TradingMachine;
  readonly database: Database;
  readonly config: Config;
  readonly transitions: Transition[];
  fx(atMs: number, bid: number, ask: number): void;
  quote(atMs: number, venue: VenueId, symbol: string, bids: Levels, asks: Levels): void;
  close(): void;
}

export interface TestMachineOptions {
  readonly raw?: unknown;
  readonly guardsOn?: boolean;
  readonly list?: SymbolList;
  readonly epoch?: number;
  readonly database?: Database;
  readonly observer?: Partial<EngineObserver>;
  readonly bus?: TickBus;
  readonly wrapStore?: (store: Store) => Store;
  /** Told of work that could not be finished; thrown on where it is left out. */
  readonly failed?: (error: unknown) => void;
  readonly around?: AroundCall;
  readonly wrapMemory?: (memory: PaperMemory) => PaperMemory;
}

/** The product's own machine over a real SQLite store in memory, fed by hand. */
export function testMachine(options: TestMachineOptions = {}): TestMachine {
  const config = configOf(options.raw ?? { universe: { symbols: ['BTC/USDT'] }, paper: { latencyMs: 0 } });
  const database = options.database ?? openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const transitions: Transition[] = [];
  const { wrapStore, wrapMemory } = options;
  const machine = assembleMachine(keptIn(database), {
    config,
    instruments: instrumentsOf(config),
    guardsOn: options.guardsOn ?? true,
    list: options.list,
    epoch: options.epoch ?? 1,
    bus: options.bus,
    failed: options.failed ?? rethrow,
    observer: {
      ...SILENT_OBSERVER,
      ...options.observer,
      transition(transition, before) {
        transitions.push(transition);
        options.observer?.transition?.(transition, before);
      },
    },
    ...(options.around === undefined ? {} : { around: options.around }),
    ...(wrapStore === undefined ? {} : { wrapStore }),
    ...(wrapMemory === undefined ? {} : { wrapMemory }),
  });
  const update: QuoteUpdate = { bid: emptySide(), ask: emptySide() };
  return {
    machine,
    database,
    config,
    transitions,
    fx(atMs, bid, ask) {
      fill(update.bid, [[bid, 1e6]]);
      fill(update.ask, [[ask, 1e6]]);
      machine.quote('upbit', FX_QUOTE, update, atMs);
    },
    quote(atMs, venue, symbol, bids, asks) {
      fill(update.bid, bids);
      fill(update.ask, asks);
      machine.quote(venue, config.universe.symbols.indexOf(symbol), update, atMs);
    },
    close: () => database.close(),
  };
}

function fill(side: BookSide, levels: Levels): void {
  side.count = levels.length;
  for (const [i, [price, quantity]] of levels.entries()) {
    side.price[i] = price;
    side.quantity[i] = quantity;
  }
}
