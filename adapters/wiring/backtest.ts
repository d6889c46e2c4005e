import { isDeepStrictEqual } from 'node:util';
import { type RecordedChange, type RecordedEvent, type RecordedRun, readEvents } from '#adapters/recording/sidecars.ts';
import { type Database, openDatabase } from '#adapters/store/sqlite/database.ts';
import { differingParts, importState } from '#adapters/store/sqlite/import.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { TAPE_BINANCE, type TapeVenue } from '#adapters/tape/line.ts';
import { readTape, type TapeSummary } from '#adapters/tape/reader.ts';
import { createMapper } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { compileSettings } from '#core/engine/settings.ts';
import type { ControlState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { KpiReport } from '#core/kpi/index.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { FOREIGN_FRAME, FX_QUOTE, MALFORMED_JSON } from '#core/market/mapping.ts';
import { emptySide, type QuoteUpdate } from '#core/market/types.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import { type SymbolList, watchedSymbols } from '#core/universe/list.ts';
import { assembleMachine, keptIn, SILENT_OBSERVER } from './assemble.ts';
import { PortfolioView } from './portfolio-view.ts';
import { replayReport } from './replay-report.ts';
import { RepeatedFailure, repeatingFailures, withControlsAtCommits } from './store-calls.ts';

/** One tape with what it is to be replayed under. */
export interface TapeRun {
  readonly file: string;
  readonly config: Config;
  /** Completes a configuration that took force during the recording, as it completed the first. */
  readonly configure: (recorded: unknown) => Config;
  /** What is traded from the start. */
  readonly list: SymbolList;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly guardsOn: boolean;
  /** The recording's own description; null for a bare tape. */
  readonly recorded: RecordedRun | null;
}

export interface BacktestResult {
  readonly tape: {
    readonly files: readonly string[];
    readonly frames: number;
    readonly rejectedFrames: number;
    readonly foreignFrames: number;
    readonly earlierLines: number;
    readonly truncated: boolean;
    readonly firstMs: number | null;
    readonly lastMs: number | null;
    readonly sha256: string;
  };
  readonly configVersion: string;
  readonly trades: readonly Trade[];
  readonly open: readonly PositionView[];
  readonly pnlUsdt: number;
  readonly kpi: KpiReport;
  readonly guardTriggers: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly framesPerSecond: number;
}

export interface BacktestHooks {
  warn(message: string): void;
  /** Milliseconds of a clock that only measures. */
  measureMs(): number;
  /** Called now and then with the frames done so far. */
  progress?(frames: number): void;
}

/** Replays tapes, already in order, through the very machine that trades live, over a store in memory. */
export async function backtest(runs: readonly TapeRun[], hooks: BacktestHooks): Promise<BacktestResult> {
  const startedMs = hooks.measureMs();
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const total = { frames: 0, rejected: 0, foreign: 0, earlier: 0, truncated: false };
  const summaries: TapeSummary[] = [];
  let epoch = 0;
  let portfolio: PortfolioReport | undefined;
  try {
    for (const [i, run] of runs.entries()) {
      takeState(database, run, i === 0);
      epoch = run.recorded?.epoch ?? epoch + 1;
      const replay = new Replay(database, run, epoch, hooks);
      const summary = await readTape(run.file, replay);
      portfolio = replay.finish();
      summaries.push(summary);
      total.frames += summary.lines - summary.rejectedLines;
      total.rejected += summary.rejectedLines;
      total.foreign += replay.foreign;
      total.earlier += summary.earlierLines;
      if (summary.truncated) {
        total.truncated = true;
        hooks.warn(`truncated: ${run.file}: ${summary.fault}; what could be read was used`);
      }
      if (summary.rejectedLines > replay.namedRejects) {
        hooks.warn(`${run.file}: ${summary.rejectedLines - replay.namedRejects} more rejected lines`);
      }
    }
    const seconds = (hooks.measureMs() - startedMs) / 1000;
    return {
      tape: {
        files: runs.map(({ file }) => file),
        frames: total.frames,
        rejectedFrames: total.rejected,
        foreignFrames: total.foreign,
        earlierLines: total.earlier,
        truncated: total.truncated,
        firstMs: summaries.find(({ firstMs }) => firstMs !== null)?.firstMs ?? null,
        lastMs: summaries.findLast(({ lastMs }) => lastMs !== null)?.lastMs ?? null,
        sha256: summaries.map(({ sha256 }) => sha256).join('+'),
      },
      ...replayReport(database, runs.at(-1)!.config, portfolio),
      seconds,
      framesPerSecond: Math.round(total.frames / Math.max(seconds, 1e-9)),
    };
  } finally {
    database.close();
  }
}

/** The first tape's starting state is taken over; a later one's must equal what the tapes before it led to. */
function takeState(database: Database, { file, recorded }: TapeRun, first: boolean): void {
  if (recorded === null) return;
  if (first) {
    importState(database, recorded.startingState);
    return;
  }
  const parts = differingParts(createSqliteStore(database).load(), recorded.startingState);
  if (parts.length === 0) return;
  throw new TwinlegError(
    'TAPES_DO_NOT_FOLLOW',
    `${file} does not begin where the tapes before it end: ${parts.join(', ')} differ`,
    'give every recording between, under the options that they were recorded with, or replay each one alone',
  );
}

/** How many rejected lines are named one by one. */
const NAMED_REJECTS = 20;
const PROGRESS_EVERY = 100_000;

class Replay {
  foreign = 0;
  namedRejects = 0;
  readonly #machine: TradingMachine;
  readonly #run: TapeRun;
  readonly #instruments: Map<string, Instrument>;
  #config: Config;
  #mappers;
  readonly #events: RecordedEvent[];
  readonly #warn: (message: string) => void;
  readonly #progress: ((frames: number) => void) | undefined;
  readonly #file: string;
  readonly #update: QuoteUpdate = { bid: emptySide(), ask: emptySide() };
  #nextEvent = 0;
  #nextEventLine = 0;

  constructor(database: Database, run: TapeRun, epoch: number, hooks: BacktestHooks) {
    const { config, list } = run;
    this.#run = run;
    this.#config = config;
    this.#instruments = new Map(run.instruments);
    this.#file = run.file;
    this.#warn = hooks.warn;
    this.#progress = hooks.progress;
    const events = readEvents(run.file, (line) => hooks.warn(`${run.file}.events.jsonl: line ${line} is left out`));
    const scheduled = events.filter((event) => event.kind === 'control' && event.atCommit !== null);
    const failures = events.filter((event) => event.kind === 'store_failed');
    this.#events = events.filter((event) => !scheduled.includes(event) && event.kind !== 'store_failed');
    this.#nextEventLine = this.#events[0]?.afterLine ?? Number.POSITIVE_INFINITY;
    this.#machine = assembleMachine(keptIn(database), {
      config,
      list,
      instruments: run.instruments,
      guardsOn: run.guardsOn,
      epoch,
      observer: SILENT_OBSERVER,
      failed: passRepeated,
      around: repeatingFailures(new Set(failures.map(({ call }) => call))),
      wrapStore: (store) => withControlsAtCommits(store, scheduled),
    });
    for (const warning of this.#machine.engine.settings.weights.warnings) hooks.warn(warning);
    this.#mappers = mappersFor(list);
  }

  line(atMs: number, venue: TapeVenue, bytes: Uint8Array, start: number, end: number, lineNumber: number): boolean {
    if (lineNumber > this.#nextEventLine) this.#applyEvents(lineNumber - 1);
    const target = this.#mappers[venue].map(bytes, start, end, this.#update);
    if (target >= FX_QUOTE)
      this.#machine.quote(venue === TAPE_BINANCE ? 'binance' : 'upbit', target, this.#update, atMs);
    else if (target <= MALFORMED_JSON) {
      this.rejected(lineNumber, 'frame');
      return false;
    } else {
      if (target === FOREIGN_FRAME) this.foreign++;
      this.#machine.alive(venue === TAPE_BINANCE ? 'binance' : 'upbit', atMs);
    }
    if (lineNumber % PROGRESS_EVERY === 0) this.#progress?.(lineNumber);
    return true;
  }

  rejected(lineNumber: number, reason: string): void {
    if (this.namedRejects++ < NAMED_REJECTS) this.#warn(`${this.#file}: line ${lineNumber} is rejected (${reason})`);
  }

  /** Applies what was recorded after the last line. @returns the portfolio at the tape's last prices */
  finish(): PortfolioReport {
    this.namedRejects = Math.min(this.namedRejects, NAMED_REJECTS);
    this.#applyEvents(Number.POSITIVE_INFINITY);
    return new PortfolioView(this.#machine).report();
  }

  #applyEvents(untilLine: number): void {
    const machine = this.#machine;
    for (; this.#nextEvent < this.#events.length; this.#nextEvent++) {
      const event = this.#events[this.#nextEvent]!;
      if (event.afterLine > untilLine) break;
      if (event.kind === 'start') machine.start(event.atMs);
      else if (event.kind === 'control') this.#control(event.control, event.atMs);
      else if (event.kind === 'alive') machine.alive(event.venue, event.atMs);
      else if (event.kind === 'measured') machine.measure(event.measurement, event.atMs);
      else if (event.kind === 'universe' || event.kind === 'configuration') this.#change(event, event.atMs);
      else if (event.kind === 'drain') machine.drain(event.atMs);
      else machine.advanceTo(event.atMs);
    }
    this.#nextEventLine = this.#events[this.#nextEvent]?.afterLine ?? Number.POSITIVE_INFINITY;
  }

  /** Another list or configuration; the list stays where options asked for another universe than the recorded one. */
  #change(change: RecordedChange, atMs: number): void {
    const { configure, guardsOn, recorded } = this.#run;
    const follows = recorded !== null && sameUniverse(this.#run.config, recorded);
    for (const instrument of change.instruments) this.#instruments.set(instrument.symbol, instrument);
    if (change.config !== null) this.#config = configure(change.config);
    const list = follows ? change.list : this.#run.list;
    this.#machine.reconfigure(compileSettings(this.#config, this.#instruments, { guardsOn, list }), atMs);
    this.#mappers = mappersFor(list);
  }

  /** What was due before the change was judged under the one before it. */
  #control(control: ControlState, atMs: number): void {
    this.#machine.advanceTo(atMs);
    this.#machine.store.putControl(control);
    this.#machine.control(control, atMs);
  }
}

/** What failed in the recorded run fails here too; anything else is a fault of its own, and ends the replay. */
function passRepeated(error: unknown): void {
  if (!(error instanceof RepeatedFailure)) throw error;
}

function mappersFor(list: SymbolList) {
  const symbols = watchedSymbols(list);
  return [createMapper('binance', symbols), createMapper('upbit', symbols)] as const;
}

/** Whether a recording is replayed over the universe that it was made with: its own lists apply then. */
export function sameUniverse(config: Config, recorded: RecordedRun): boolean {
  return isDeepStrictEqual(config.universe, (recorded.config as Config).universe);
}
