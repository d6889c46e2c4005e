import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { assembleMachine, keptIn, rethrow, SILENT_OBSERVER } from '#adapters/wiring/assemble.ts';
import { parseConfig } from '#core/config.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { emptySide, type QuoteUpdate, type VenueId } from '#core/market/types.ts';

export const SYMBOLS = Array.from({ length: 250 }, (_, i) => `C${i}/USDT`);
export const T0 = 1_700_000_000_000;

/** The machine with 250 symbols that both venues have quoted for fifteen seconds, and no gap worth an entry. */
export function quoted(): TradingMachine {
  const parsed = parseConfig({ universe: { symbols: SYMBOLS }, guards: { venueDown: { afterMs: null } } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { config } = parsed;
  const instruments = new Map(
    SYMBOLS.map((symbol) => [symbol, { ...builtInInstrument('BTC/USDT')!, symbol }] as const),
  );
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const machine = assembleMachine(keptIn(database), {
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

export function side(bid: number, ask: number): QuoteUpdate {
  const update = { bid: emptySide(), ask: emptySide() };
  update.bid.count = update.ask.count = 1;
  update.bid.price[0] = bid;
  update.ask.price[0] = ask;
  update.bid.quantity[0] = update.ask.quantity[0] = 1e4;
  return update;
}
