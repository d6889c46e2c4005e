import type { Database } from '#adapters/store/sqlite/database.ts';
import type { History } from '#adapters/store/sqlite/history.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import type { RunLog } from '#adapters/store/sqlite/runs.ts';
import type { Feed } from '#adapters/venues/feed.ts';
import type { SimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { configVersion } from '#core/config-version.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { type Standing, standingOf } from '#core/engine/standing.ts';
import { TwinlegError } from '#core/errors.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import { aborted } from './aborted.ts';
import { assembleMachine } from './assemble.ts';
import type { RunClock } from './clock.ts';
import type { RunOptions } from './embedded.ts';
import { createIntake } from './intake.ts';
import { createLiveFeeds } from './live-feeds.ts';
import { Measuring } from './measuring.ts';
import { createRunObserver } from './observer.ts';
import { Publisher } from './publisher.ts';
import { type Recording, startRecording } from './recording.ts';
import { RunMonitor } from './run-monitor.ts';
import { type RunView, tradingView } from './run-view.ts';
import type { VenueAddress } from './start-venues.ts';
import { RunTelemetry } from './telemetry.ts';

/** How often due work, the operator's word and the standings are looked at, ms. */
const BEAT_MS = 50;
const STATUS_MS = 1000;
/** Longest that a stop waits for pairs between states, ms. */
const SETTLE_MS = 15_000;

export interface RunSummary {
  readonly trades: number;
  readonly openPositions: number;
  readonly pnlUsdt: number;
  readonly ticks: number;
  readonly decisions: number;
  readonly seconds: number;
}

export interface LiveRunParts extends RunOptions {
  readonly database: Database;
  readonly history: History;
  readonly runs: RunLog;
  readonly clock: RunClock;
  readonly epoch: number;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly urls: Readonly<Record<VenueId, VenueAddress>>;
  readonly source: string;
}

/** One process's trading from its first frame to its clean stop. */
export class LiveRun {
  readonly machine: TradingMachine;
  readonly #parts: LiveRunParts;
  readonly #kpi: KpiBook;
  readonly telemetry: RunTelemetry;
  readonly #monitor: RunMonitor;
  readonly #recording: Recording | null;
  readonly #publisher: Publisher;
  readonly #measuring: Measuring;
  readonly #feeds: Readonly<Record<VenueId, Feed>>;
  readonly #startedMs: number;
  readonly #timers: NodeJS.Timeout[] = [];
  #closed = false;

  constructor(parts: LiveRunParts) {
    this.#parts = parts;
    const { config, clock, log, history } = parts;
    this.#startedMs = clock.now();
    this.#kpi = createKpiTable(parts.database).book();
    this.telemetry = new RunTelemetry(config.universe.symbols, () => ({
      machine: this.machine,
      kpi: this.#kpi,
      uptimeMs: clock.now() - this.#startedMs,
      feed: (venue) => this.#feeds[venue].state(),
    }));
    let recording: Recording | null = null;
    this.machine = assembleMachine(parts.database, {
      config,
      instruments: parts.instruments,
      guardsOn: parts.guardsOn,
      epoch: parts.epoch,
      observer: createRunObserver({
        log,
        kpi: this.#kpi,
        telemetry: this.telemetry,
        recording: () => recording,
        nowMs: () => this.machine.sequencer.nowMs,
      }),
    });
    recording = this.#recording = this.#startRecording();
    this.#publisher = new Publisher(history, this.machine);
    const intake = createIntake({
      machine: this.machine,
      symbols: config.universe.symbols,
      recorder: recording?.tape ?? null,
      now: clock.now,
      measured: (venue, kind, tookMs) => this.telemetry.frame(venue, kind, tookMs),
      failed: (error) => this.#failed(error),
    });
    this.#feeds = createLiveFeeds({
      config,
      urls: parts.urls,
      now: clock.now,
      log,
      telemetry: this.telemetry,
      recording,
      intake,
      heardAtMs: (venue) => this.machine.joiner.liveness[venue],
      alive: (venue, atMs) => this.machine.alive(venue, atMs),
    });
    const { machine } = this;
    this.#measuring = new Measuring({ ...parts, machine, recording, now: clock.now, failed: (e) => this.#failed(e) });
    this.#monitor = new RunMonitor(this.machine.joiner, this.#feeds, this.telemetry, clock.now);
  }

  async start(): Promise<void> {
    const { config, clock, log, source, epoch, guardsOn } = this.#parts;
    await this.#monitor.listen(config.server.host, config.server.port);
    const nowMs = clock.now();
    this.#recording?.event({ kind: 'start', atMs: nowMs });
    this.machine.start(nowMs);
    for (const venue of VENUES) this.#feeds[venue].start();
    this.#measuring.start();
    this.#timers.push(
      setInterval(() => this.#beat(), BEAT_MS),
      setInterval(() => this.#publishStatus(), STATUS_MS),
    );
    this.#publishStatus();
    log('info', 'started', {
      mode: config.mode,
      source,
      symbols: config.universe.symbols.length,
      epoch,
      configVersion: configVersion(config),
      url: this.#monitor.url,
      guardsOn,
    });
    if (!guardsOn) {
      log('warn', 'no_guards', {
        message: 'guards are OFF: only cooldown, age and the caps of size and exposure hold',
      });
    }
  }

  /** Waits for the first reason to stop: the operator's signal, the duration, the tape's end. */
  async untilStopped(simulator: SimulatorProcess | null): Promise<string> {
    const { signal, durationSeconds } = this.#parts;
    const reasons: Promise<string>[] = [aborted(signal)];
    if (durationSeconds !== undefined) {
      reasons.push(
        new Promise((resolve) => this.#timers.push(setTimeout(() => resolve('duration'), durationSeconds * 1000))),
      );
    }
    if (simulator !== null) {
      reasons.push(simulator.tapeEnd.then(() => 'tape end'));
      const ended = simulator.ended.then((why) => {
        throw new TwinlegError('SIMULATOR_FAILED', why, 'start again; open positions are kept');
      });
      reasons.push(ended);
    }
    return Promise.race(reasons);
  }

  /** A clean stop: nothing new begins, pairs between states come to rest, positions stay open. */
  async stop(): Promise<RunSummary> {
    const { clock, runs, epoch, log } = this.#parts;
    const drainMs = clock.now();
    this.#recording?.event({ kind: 'drain', atMs: drainMs });
    this.machine.drain(drainMs);
    const deadline = performance.now() + SETTLE_MS;
    while (!this.machine.settled && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    if (!this.machine.settled)
      log('warn', 'unsettled', { message: 'a pair is still between states; the next start goes on with it' });
    this.#stopTimers();
    await this.#stopFeeds();
    const stopMs = clock.now();
    this.machine.advanceTo(stopMs);
    this.#recording?.event({ kind: 'stop', atMs: stopMs });
    this.#publishStatus(false);
    runs.end(epoch, stopMs);
    const { trades, pnlUsdt, openPositions, ticks, decisions } = this.view();
    return { trades, openPositions, pnlUsdt, ticks, decisions, seconds: (stopMs - this.#startedMs) / 1000 };
  }

  /** Lets go of everything; after a clean stop or after a failure. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTimers();
    await this.#stopFeeds();
    await this.#recording?.close();
    await this.#monitor.close();
  }

  view(running = true): RunView {
    const { config, clock, source, epoch } = this.#parts;
    const nowMs = clock.now();
    return {
      running,
      mode: config.mode,
      source,
      ...tradingView(this.machine.engine, this.#kpi),
      uptimeSeconds: Math.floor((nowMs - this.#startedMs) / 1000),
      venues: { binance: this.#feeds.binance.state(), upbit: this.#feeds.upbit.state() },
      ticks: this.machine.joiner.seq,
      decisions: this.telemetry.decisions,
      epoch,
      url: this.#monitor.url,
      pid: process.pid,
      atMs: nowMs,
    };
  }

  /** Where every symbol stands now. */
  standings(): Standing[] {
    const { engine, joiner } = this.machine;
    const nowMs = this.#parts.clock.now();
    return engine.states.map((state, i) => standingOf(state, joiner.markets[i]!, engine.world, nowMs));
  }

  #startRecording(): Recording | null {
    const { recordFile, config, epoch, guardsOn, instruments, log } = this.#parts;
    if (recordFile === undefined) return null;
    return startRecording({
      file: recordFile,
      maxBytes: config.record.maxBytes,
      run: {
        format: 1,
        epoch,
        startedAtMs: this.#startedMs,
        configVersion: configVersion(config),
        config,
        guardsOn,
        startingState: this.machine.store.load(),
        seededBalances: {},
      },
      instruments: instruments.values(),
      onEnd: (reason) => log('error', 'recording_ended', { message: `${recordFile} ends here: ${reason}` }),
    });
  }

  /** Does what is due, hears the operator, and publishes a few standings. */
  #beat(): void {
    const { clock, log } = this.#parts;
    try {
      const jumpMs = clock.check();
      if (jumpMs !== 0) {
        const done = jumpMs > 0 ? 'the run goes on from the new time' : 'the run’s own time goes on as before';
        log('warn', 'clock_jump', {
          jumpMs,
          message: `the system's clock jumped by ${jumpMs} ms; ${done}. Check the time service.`,
        });
      }
      const nowMs = clock.now();
      this.machine.advanceTo(nowMs);
      this.machine.control(this.machine.store.control(), nowMs);
      this.#publisher.standings(nowMs);
      this.#monitor.turned(nowMs);
    } catch (error) {
      this.#failed(error);
    }
  }

  #publishStatus(running = true): void {
    const { clock, runs, epoch } = this.#parts;
    try {
      const nowMs = clock.now();
      this.telemetry.sampleCpu();
      this.#monitor.check(nowMs);
      this.#publisher.status(this.view(running), nowMs);
      runs.touch(epoch, nowMs);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const code = error instanceof TwinlegError ? error.code : 'INTERNAL';
    this.#monitor.failed(code);
    this.telemetry.error(code);
    this.#measuring.error();
    this.#parts.log('error', 'failed', { code, message: error instanceof Error ? error.message : String(error) });
  }

  #stopTimers(): void {
    this.#measuring.stop();
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #stopFeeds(): Promise<void> {
    await Promise.all(VENUES.map((venue) => this.#feeds[venue].stop()));
  }
}
