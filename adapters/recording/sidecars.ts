import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ControlState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Measurement } from '#core/guards/outside.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { byVenue, type VenueId } from '#core/market/types.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { SymbolList } from '#core/universe/list.ts';

/** What a recording begins from: beside `<FILE>`, in `<FILE>.run.json`. */
export interface RecordedRun {
  readonly format: 1;
  readonly epoch: number;
  readonly startedAtMs: number;
  readonly configVersion: string;
  /** In force, without secrets. */
  readonly config: unknown;
  readonly guardsOn: boolean;
  /** What was traded from the start; `universe.symbols` where it is left out. */
  readonly list?: SymbolList;
  readonly startingState: StoredState;
  /** First paper balances that this run gave, as they were seen. */
  readonly seededBalances: Readonly<Record<string, string>>;
}

/** The list of symbols changed, the configuration, or both; in force from then on. */
export interface RecordedChange {
  readonly kind: 'universe' | 'configuration';
  readonly list: SymbolList;
  /** Of the symbols that were not watched before. */
  readonly instruments: readonly Instrument[];
  /** The new one in force, without secrets; null where it stays. */
  readonly config: unknown;
}

/** One thing that entered the engine beside the frames, in `<FILE>.events.jsonl`. */
export type RecordedEvent = {
  readonly atMs: number;
  /** Lines of the tape that were written before it. */
  readonly afterLine: number;
} & (
  | { readonly kind: 'start' | 'drain' | 'stop' }
  /** `atCommit`: found by that commit of the run, in the middle of a line's work. */
  | { readonly kind: 'control'; readonly control: ControlState; readonly atCommit: number | null }
  | { readonly kind: 'alive'; readonly venue: VenueId }
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | RecordedChange
  /** `call`: of the machine's calls to its store, the one that failed. */
  | { readonly kind: 'store_failed'; readonly call: number }
  /** For the reader; nothing in the engine depends on these. */
  | { readonly kind: 'disconnected' | 'connected' | 'feed'; readonly venue: VenueId; readonly detail: string }
);

export const sidecar = {
  run: (file: string) => `${file}.run.json`,
  instruments: (file: string) => `${file}.instruments.json`,
  events: (file: string) => `${file}.events.jsonl`,
};

export function writeRun(file: string, run: RecordedRun): void {
  writeFileSync(sidecar.run(file), `${JSON.stringify(run, null, 2)}\n`);
}

export function readRun(file: string): RecordedRun | null {
  const path = sidecar.run(file);
  if (!existsSync(path)) return null;
  const run = readJson(path) as RecordedRun;
  if (run.format !== 1 || typeof run.startingState !== 'object') {
    throw new TwinlegError(
      'RECORDING_UNREADABLE',
      `${path} is not the description of a recording`,
      'move it away to replay the tape without it',
    );
  }
  // Recordings from before these were kept know none.
  return { ...run, startingState: { ...run.startingState, firstBalances: run.startingState.firstBalances ?? {} } };
}

export function writeInstruments(file: string, instruments: Iterable<Instrument>): void {
  const bySymbol = Object.fromEntries([...instruments].map(({ symbol, ...rules }) => [symbol, rules]));
  writeFileSync(sidecar.instruments(file), `${JSON.stringify(bySymbol, null, 2)}\n`);
}

/** Reads lots, ticks and minimums by symbol, as they lie beside a recording or are given by `--instruments`. */
export function readInstruments(path: string): Map<string, Instrument> {
  const raw = readJson(path);
  const rows: [string, unknown][] = Array.isArray(raw)
    ? raw.map((row) => [String((row as { symbol?: unknown } | null)?.symbol), row])
    : Object.entries((raw ?? {}) as object);
  return new Map(rows.map(([symbol, row]) => [symbol, instrumentOf(path, symbol, row)]));
}

function instrumentOf(path: string, symbol: string, row: unknown): Instrument {
  const venue = (name: VenueId) => {
    const rules = (row as Record<string, Record<string, unknown> | undefined> | null)?.[name];
    const field = (key: string) => {
      const value = rules?.[key];
      const text = typeof value === 'number' ? String(value) : value;
      const valid =
        typeof text === 'string' && ((key === 'tick' && text === 'krw') || /^\d+(\.\d+)?(e-?\d+)?$/i.test(text));
      if (valid) return text as string;
      throw new TwinlegError(
        'INSTRUMENTS_UNREADABLE',
        `${path}: ${symbol}.${name}.${key} is ${JSON.stringify(value)}, not a decimal`,
        'give lot, tick, minQuantity and minNotional of both venues as decimals, such as "0.0001"',
      );
    };
    return {
      lot: field('lot'),
      tick: field('tick'),
      minQuantity: field('minQuantity'),
      minNotional: field('minNotional'),
    };
  };
  return { symbol, ...byVenue(venue) };
}

/** Reads the events of a recording; lines that cannot be understood are named and left out (a crash may cut the last). */
export function readEvents(file: string, onBadLine: (line: number) => void): RecordedEvent[] {
  const path = sidecar.events(file);
  if (!existsSync(path)) return [];
  const events: RecordedEvent[] = [];
  for (const [i, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (line === '') continue;
    try {
      const event = JSON.parse(line) as RecordedEvent;
      if (typeof event.atMs !== 'number' || typeof event.afterLine !== 'number') throw new Error('no time');
      events.push(event);
    } catch {
      onBadLine(i + 1);
    }
  }
  return events;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TwinlegError('FILE_UNREADABLE', `cannot read ${path}`, 'check the name and its permissions', { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TwinlegError(
      'FILE_UNREADABLE',
      `${path} is not JSON: ${cause instanceof Error ? cause.message : ''}`,
      'mend or remove the file',
      { cause },
    );
  }
}
