import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { assembleMachine, rethrow, SILENT_OBSERVER } from '#adapters/wiring/assemble.ts';
import { parseConfig } from '#core/config.ts';
import { guardContext } from '#core/engine/guard-context.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { emptySide, type QuoteUpdate, type VenueId } from '#core/market/types.ts';
import type { EntryWish } from '#core/strategy/types.ts';
import { below, type Figure, median } from './report.ts';

const SYMBOLS = Array.from({ length: 250 }, (_, i) => `C${i}/USDT`);
const T0 = 1_700_000_000_000;
const ROUNDS = 9;
const CALLS = 100_000;

/** The whole chain on an entry that every guard lets pass, and what a tick that wants nothing costs. */
export function benchGuards(): Figure[] {
  const machine = quoted();
  const { engine, joiner } = machine;
  const wish: EntryWish = {
    direction: 'SELL_UPBIT',
    quantity: 1,
    grossEdge: 0.01,
    netEdge: 0.006,
    entryPriceUsdt: 100.01,
    entryNotionalUsdt: 100.01,
    limitedBy: null,
  };
  const contexts = SYMBOLS.map((_, i) =>
    guardContext(engine.states[i]!, joiner.markets[i]!, T0 + 15_000, wish, engine.world),
  );
  const { chain } = engine.world;
  let approved = 0;
  const asked = rounds((i) => {
    if (chain.ask(contexts[i % contexts.length]!).refusedBy === null) approved++;
  });
  if (approved !== ROUNDS * CALLS) throw new Error('the chain must let these pass');
  const update = side(100, 100.01);
  let atMs = T0 + 15_000;
  const discarded = (i: number) => {
    update.bid.price[0] = 100 + (i % 7) * 0.001;
    if (i % 100 === 0) atMs++;
    machine.quote('binance', i % SYMBOLS.length, update, atMs);
  };
  rounds(discarded);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < CALLS; i++) discarded(i);
  const bytes = (process.memoryUsage().heapUsed - before) / CALLS;
  return [
    below('guard chain, all guards pass', asked, 'µs', 2),
    below('a discarded tick, medians and crossings included', rounds(discarded), 'µs', 2),
    below('heap per discarded tick (16 are the number of its time)', bytes, 'bytes', 20),
  ];
}

function quoted(): TradingMachine {
  const parsed = parseConfig({ universe: { symbols: SYMBOLS }, guards: { venueDown: { afterMs: null } } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { config } = parsed;
  const instruments = new Map(
    SYMBOLS.map((symbol) => [symbol, { ...builtInInstrument('BTC/USDT')!, symbol }] as const),
  );
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const machine = assembleMachine(database, {
    config,
    instruments,
    guardsOn: true,
    epoch: 1,
    failed: rethrow,
    observer: SILENT_OBSERVER,
  });
  machine.start(T0);
  for (let second = 0; second <= 15; second++) {
    const atMs = T0 + second * 1000;
    machine.quote('upbit', FX_QUOTE, side(1400, 1400.5), atMs);
    for (let i = 0; i < SYMBOLS.length; i++) {
      quote(machine, 'binance', i, 100, 100.01, atMs);
      quote(machine, 'upbit', i, 140_000 + second, 140_100, atMs);
    }
  }
  return machine;
}

function quote(machine: TradingMachine, venue: VenueId, index: number, bid: number, ask: number, atMs: number): void {
  machine.quote(venue, index, side(bid, ask), atMs);
}

function side(bid: number, ask: number): QuoteUpdate {
  const update = { bid: emptySide(), ask: emptySide() };
  update.bid.count = update.ask.count = 1;
  update.bid.price[0] = bid;
  update.ask.price[0] = ask;
  update.bid.quantity[0] = update.ask.quantity[0] = 1e4;
  return update;
}

/** Median time of a call over several rounds, the first ones left out, µs. */
function rounds(call: (i: number) => void): number {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    for (let i = 0; i < CALLS; i++) call(i);
    took.push(((performance.now() - startedMs) * 1000) / CALLS);
  }
  return median(took.slice(3));
}
