import { existsSync } from 'node:fs';
import { type RecordedRun, readInstruments, readRun, sidecar } from '#adapters/recording/sidecars.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { plainList, type SymbolList, watchedSymbols } from '#core/universe/list.ts';
import { sameUniverse, type TapeRun } from './backtest.ts';

export interface TapeRunOptions {
  readonly instrumentsFile: string | undefined;
  /** As recorded where undefined; a bare tape has them on. */
  readonly guardsOn: boolean | undefined;
  /** Completes the configuration from the recorded one, or from none. */
  configure(recorded: unknown): Config;
}

/** A tape with all that it is to be replayed under: what lies beside it, unless options say otherwise. */
export function paperTapeRun(file: string, options: TapeRunOptions): TapeRun {
  if (!existsSync(file)) throw new TwinlegError('TAPE_MISSING', `no such tape: ${file}`, 'check the name after --tape');
  const recorded = readRun(file);
  const config = options.configure(recorded?.config);
  const beside = sidecar.instruments(file);
  const listed = options.instrumentsFile ?? (existsSync(beside) ? beside : undefined);
  const known = listed === undefined ? new Map<string, Instrument>() : readInstruments(listed);
  const list = listOf(config, recorded);
  const instruments = new Map<string, Instrument>();
  const missing: string[] = [];
  for (const symbol of watchedSymbols(list)) {
    const instrument = known.get(symbol) ?? builtInInstrument(symbol);
    if (instrument === undefined) missing.push(symbol);
    else instruments.set(symbol, instrument);
  }
  if (missing.length > 0) {
    throw new TwinlegError(
      'INSTRUMENT_UNKNOWN',
      `no lots and ticks are known for ${missing.join(', ')}`,
      'name a file that has them with --instruments FILE, or leave them out of universe.symbols',
    );
  }
  return {
    file,
    config,
    configure: options.configure,
    list,
    instruments,
    guardsOn: options.guardsOn ?? recorded?.guardsOn ?? true,
    recorded,
  };
}

/** The list that was traded from the start, unless options ask for another universe than the recorded one. */
function listOf(config: Config, recorded: RecordedRun | null): SymbolList {
  if (recorded?.list === undefined || !sameUniverse(config, recorded)) return plainList(config.universe.symbols);
  return recorded.list;
}
