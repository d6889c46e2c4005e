import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditFinding } from '#adapters/store/audit.ts';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { type SimulatorProcess, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { STORE_FILE } from '#adapters/wiring/store-file.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import { Bot } from './bot.ts';
import { type LogLine, RunProcess } from './run-process.ts';
import { BASE, COINS, over } from './settings.ts';
import type { Settings } from './types.ts';
import { NotInTime, untilThere } from './wait.ts';

/** Frames a second of both venues together. */
const RATE = 200;
const ALERTS_READ = 5000;

/** The parts of one rehearsal: both venues, Telegram's stand-in, a data directory, and the run that trades on them. */
export class Stage {
  readonly directory: string;
  readonly data: string;
  readonly bot: Bot;
  run!: RunProcess;
  readonly #venues: SimulatorProcess;
  readonly #configFile: string;
  #settings: Settings;

  private constructor(directory: string, bot: Bot, venues: SimulatorProcess, settings: Settings) {
    this.directory = directory;
    this.data = join(directory, 'data');
    this.bot = bot;
    this.#venues = venues;
    this.#configFile = join(directory, 'twinleg.json');
    this.#settings = settings;
  }

  static async open(directory: string, settings: Settings): Promise<Stage> {
    const bot = await Bot.start();
    const venues = await startSimulatorProcess({ coins: COINS, seed: 11, rate: RATE });
    const { binance, upbit } = venues.venues;
    const addresses = { venues: { binance, upbit }, alerts: { telegram: { apiRoot: bot.url } } };
    const stage = new Stage(directory, bot, venues, over(over(BASE, addresses), settings));
    mkdirSync(stage.data);
    return stage;
  }

  /** Starts a run on the data directory. */
  async start(): Promise<void> {
    this.configure({});
    this.run = new RunProcess(['--config', this.#configFile, '--data', this.data]);
    await this.run.started();
  }

  /** Changes the configuration, as an operator who edits the file: what can take force in a run does so within seconds. */
  configure(settings: Settings): void {
    this.#settings = over(this.#settings, settings);
    writeFileSync(this.#configFile, JSON.stringify(this.#settings, null, 2));
  }

  /** Does something to the simulated venues (`simulator/faults.ts`). */
  async fault(fault: { readonly kind: string; readonly [key: string]: unknown }): Promise<void> {
    const response = await fetch(`${this.#venues.venues.controlUrl}/fault`, {
      method: 'POST',
      body: JSON.stringify(fault),
    });
    if (!response.ok) throw new Error(`the simulator refuses ${fault.kind}: ${await response.text()}`);
  }

  /** A line that the run logs from now on. */
  told(event: string, withinMs: number): Promise<LogLine> {
    return this.run.line(event, this.run.log.length, withinMs);
  }

  /** A position that is opened from now on is closed. */
  async traded(withinMs: number): Promise<void> {
    const from = this.run.log.length;
    const entered = await this.run.line('pair', from, withinMs);
    await this.run.line('trade', this.run.log.indexOf(entered), withinMs);
  }

  get storeFile(): string {
    return join(this.data, STORE_FILE);
  }

  /** Every alert of the store. */
  alerts(): AlertRow[] {
    return this.#withStore((database) => createHistory(database).alerts(ALERTS_READ));
  }

  /** Queues alerts past the run, as another process does. */
  queue(alerts: readonly Alert[]): void {
    this.#withStore((database) => createSqliteStore(database).record([], alerts));
  }

  /** @throws NotInTime with what is wrong, where it does not hold */
  check(holds: boolean, wrong: string): void {
    if (!holds) throw new NotInTime(wrong);
  }

  /** What of the store does not add up. */
  audit(): AuditFinding[] {
    return this.#withStore(auditStore).filter(({ ok }) => !ok);
  }

  /** Every part of the run is well, as it says itself. */
  async isWell(): Promise<boolean> {
    try {
      return (await fetch(`${this.run.url}/health`, { signal: AbortSignal.timeout(1000) })).ok;
    } catch {
      return false;
    }
  }

  /** Waits as an operator would: until it is there, or too late. */
  until<T>(
    what: string,
    look: () => T | undefined | false | Promise<T | undefined | false>,
    withinMs: number,
  ): Promise<T> {
    return untilThere(what, look, withinMs);
  }

  async close(): Promise<void> {
    if (this.run?.child.exitCode === null && this.run.child.signalCode === null) {
      this.run.signal('SIGKILL');
      await this.run.ended;
    }
    await Promise.all([this.bot.stop(), this.#venues.stop()]);
  }

  #withStore<T>(work: (database: ReturnType<typeof openExisting>) => T): T {
    const database = openExisting(this.storeFile);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }
}
