import { missingVolatilities } from '#adapters/universe/volatility.ts';
import type { Feed } from '#adapters/venues/feed.ts';
import type { SimulatorProcess } from '#adapters/venues/simulator-process.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { type Standing, standingOf } from '#core/engine/standing.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import { byVenue, VENUES, type VenueId } from '#core/market/types.ts';
import { watchedSymbols } from '#core/universe/list.ts';
import { assembleMachine } from './assemble.ts';
import { tellJump } from './clock.ts';
import { gaugedMachine } from './gauges.ts';
import { createIntake } from './intake.ts';
import { ledgerMismatch } from './ledger-mismatch.ts';
import { createLiveFeeds } from './live-feeds.ts';
import type { LiveRunParts } from './live-run-parts.ts';
import { LiveUniverse } from './live-universe.ts';
import { Measuring } from './measuring.ts';
import { createRunObserver } from './observer.ts';
import { PortfolioView } from './portfolio-view.ts';
import { Publisher } from './publisher.ts';
import type { Recording } from './recording.ts';
import { RunMonitor } from './run-monitor.ts';
import { recordRun } from './run-recording.ts';
import { reloadAfterOutage } from './run-store.ts';
import { RunSymbols } from './run-symbols.ts';
import { type RunSummary, type RunView, tradingView } from './run-view.ts';
import { RunWatch } from './run-watch.ts';
import { tellStart } from './start-word.ts';
import { firstReasonToStop } from './stop-reasons.ts';
import { tellingFailures } from './store-calls.ts';
import { RunTelemetry } from './telemetry.ts';

/** How often due work, the operator's word and the standings are looked at, ms. */
const BEAT_MS = 50;
const STATUS_MS = 1000;
/** Longest that a stop waits for pairs between states, ms. */
const SETTLE_MS = 15_000;

/** One process's trading from its first frame to its clean stop. */
export class LiveRun {
  readonly machine: TradingMachine;
  readonly #parts: LiveRunParts;
  readonly #kpi: KpiBook;
  readonly telemetry: RunTelemetry;
  readonly watch: RunWatch;
  readonly #monitor: RunMonitor;
  readonly #recording: Recording | null;
  readonly #publisher: Publisher;
  readonly #portfolio: PortfolioView;
  readonly #measuring: Measuring;
  readonly #feeds: Readonly<Record<VenueId, Feed>>;
  readonly #symbols: RunSymbols;
  readonly #universe: LiveUniverse;
  readonly #startedMs: number;
  readonly #timers: NodeJS.Timeout[] = [];
  #closed = false;

  constructor(parts: LiveRunParts) {
    this.#parts = parts;
    const { config, clock, log, stored, universe } = parts;
    const watched = watchedSymbols(universe.list);
    this.#startedMs = clock.now();
    this.#kpi = stored.kpis();
    this.telemetry = new RunTelemetry(watched, clock.now, () => ({
      ...gaugedMachine(this.machine, this.#kpi, this.#portfolio.report()),
      nowMs: clock.now(),
      uptimeMs: clock.now() - this.#startedMs,
      storeOk: this.#monitor.storeOk,
      feed: (venue) => this.#feeds[venue].state(),
    }));
    let recording: Recording | null = null;
    this.machine = assembleMachine(stored, {
      ...parts,
      ...universe,
      wrapStore: (store) => this.telemetry.timed(store),
      failed: (error) => this.failed(error),
      around: tellingFailures((call) => {
        recording?.event({ kind: 'store_failed', atMs: this.machine.sequencer.nowMs, call });
      }),
      observer: createRunObserver({
        log,
        kpi: this.#kpi,
        telemetry: this.telemetry,
        recording: () => recording,
        nowMs: () => this.machine.sequencer.nowMs,
        alerts: () => this.watch,
      }),
    });
    this.watch = new RunWatch({
      ...parts,
      stored,
      telemetry: this.telemetry,
      run: `${config.mode} ${parts.source} #${parts.epoch}`,
      now: clock.now,
      machine: () => this.machine,
      feeds: () => this.#feeds,
      portfolio: () => this.#portfolio.report(),
      url: () => this.#monitor.url,
      well: () => this.#monitor.isWell,
      startedMs: this.#startedMs,
    });
    recording = this.#recording = recordRun(parts, this.#startedMs);
    this.#publisher = new Publisher(stored, this.machine);
    this.#portfolio = new PortfolioView(this.machine, stored.history.marks());
    const intake = createIntake({
      machine: this.machine,
      symbols: watched,
      recorder: recording?.tape ?? null,
      now: clock.now,
      measured: (venue, kind, tookMs, atMs) => this.telemetry.frame(venue, kind, tookMs, atMs),
      failed: (error) => this.failed(error),
    });
    this.#feeds = createLiveFeeds({
      config,
      symbols: watched,
      urls: parts.urls,
      now: clock.now,
      log,
      telemetry: this.telemetry,
      recording,
      intake: intake.frame,
      heardAtMs: (venue) => this.machine.joiner.liveness[venue],
      alive: (venue, atMs) => this.machine.alive(venue, atMs),
    });
    const { machine } = this;
    const measures = { machine, recording, ledgerMismatch: () => ledgerMismatch(machine) };
    this.#measuring = new Measuring({ ...parts, ...measures, now: clock.now, failed: (e) => this.failed(e) });
    const told = { intake, feeds: this.#feeds, telemetry: this.telemetry, recording };
    this.#symbols = new RunSymbols({ ...parts, ...universe, ...told, machine, now: clock.now });
    this.#universe = new LiveUniverse({
      keeper: parts.keeper,
      symbols: this.#symbols,
      measure: (...asked) =>
        missingVolatilities(...asked, parts.urls.binance.restUrl, (message) => log('warn', 'weights', { message })),
      first: universe,
      options: parts,
      now: clock.now,
      alerts: this.watch,
      warned: (symbols) => this.#measuring.measured({ kind: 'warnings', symbols }),
    });
    this.#monitor = new RunMonitor({
      joiner: machine.joiner,
      feeds: this.#feeds,
      page: this.telemetry.reading,
      now: clock.now,
      webhook: (posted) => this.watch.posted(posted),
    });
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
    this.#universe.start();
    await this.watch.start();
    tellStart(log, config, {
      source,
      symbols: this.#symbols.list.symbols.length,
      epoch,
      url: this.#monitor.url,
      guardsOn,
    });
  }

  /** Waits for the first reason to stop: the operator's signal, the duration, the tape's end. */
  untilStopped(simulator: SimulatorProcess | null): Promise<string> {
    const { signal, durationSeconds } = this.#parts;
    return firstReasonToStop(signal, durationSeconds, simulator, this.#timers);
  }

  /** A clean stop: nothing new begins, pairs between states come to rest, positions stay open. */
  async stop(): Promise<RunSummary> {
    const { clock, stored, epoch, log } = this.#parts;
    this.#universe.stop();
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
    stored.runs.end(epoch, stopMs);
    const { trades, pnlUsdt, openPositions, ticks } = this.view();
    const { decisions } = this.telemetry;
    return { trades, openPositions, pnlUsdt, ticks, decisions, seconds: (stopMs - this.#startedMs) / 1000 };
  }

  /** Lets go of everything; after a clean stop or after a failure. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#universe.stop();
    this.#stopTimers();
    await this.#stopFeeds();
    await this.watch.stop();
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
      ...tradingView(this.machine.engine, this.#kpi, this.#portfolio.report()),
      uptimeSeconds: Math.floor((nowMs - this.#startedMs) / 1000),
      venues: byVenue((venue) => this.#feeds[venue].state()),
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

  /** Does what is due, hears the operator, and publishes a few standings. */
  #beat(): void {
    const { clock, log, stored } = this.#parts;
    try {
      tellJump(clock.check(), log);
      const nowMs = clock.now();
      this.watch.beat(nowMs, BEAT_MS);
      this.machine.advanceTo(nowMs);
      this.#monitor.turned(nowMs);
      this.machine.control(stored.heardControl(), nowMs);
      reloadAfterOutage(stored, this.machine, nowMs, log);
      for (const symbol of this.#symbols.sweep()) log('info', 'drained', { symbol });
      this.#publisher.standings(nowMs);
    } catch (error) {
      this.failed(error);
    }
  }

  #publishStatus(running = true): void {
    const { clock, stored, epoch } = this.#parts;
    try {
      const nowMs = clock.now();
      this.telemetry.sampleCpu();
      this.#monitor.check(nowMs);
      this.watch.timeWrite(() => {
        const told = this.#publisher.status(
          () => this.view(running),
          () => this.#portfolio.marks(),
          nowMs,
          !running,
        );
        if (told) stored.runs.touch(epoch, nowMs);
      });
      if (stored.isUp()) this.#monitor.written();
      void this.watch.second(nowMs).catch((error: unknown) => this.failed(error));
    } catch (error) {
      this.failed(error);
    }
  }

  /** Something failed that nobody waited for. */
  failed(error: unknown): void {
    const code = this.watch.fault(error);
    this.#monitor.failed(code);
    // What was not even tried follows from an error that was counted.
    if (code !== 'STORE_AWAY') this.#measuring.error();
  }

  #stopTimers(): void {
    this.#measuring.stop();
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #stopFeeds(): Promise<void> {
    await Promise.all(VENUES.map((venue) => this.#feeds[venue].stop()));
  }
}
