import { writeFileSync } from 'node:fs';
import { type BacktestResult, backtest } from '#adapters/wiring/backtest.ts';
import { type Config, parseConfig } from '#core/config.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { plainList } from '#core/universe/list.ts';

/** A configuration from the keys that matter to a test; a fault fails it. */
export function configOf(raw: unknown): Config {
  const parsed = parseConfig(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

export function instrumentsOf(config: Config): Map<string, Instrument> {
  return new Map(config.universe.symbols.map((symbol) => [symbol, builtInInstrument(symbol)!]));
}

/** Replays one tape file under a configuration, as the command does. */
export function replay(file: string, config: Config, guardsOn = false): Promise<BacktestResult> {
  const run = {
    file,
    config,
    configure: () => config,
    list: plainList(config.universe.symbols),
    instruments: instrumentsOf(config),
    guardsOn,
    recorded: null,
  };
  return backtest([run], { warn() {}, measureMs: () => performance.now() });
}

export function writeTape(file: string, lines: readonly string[]): string {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}
