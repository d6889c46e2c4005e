import { join } from 'node:path';
import { FailedRestores } from '#adapters/store/snapshot/failures.ts';
import { restoresOf } from '#adapters/store/snapshot/restore.ts';
import { rotate, saveInThread, snapshotName } from '#adapters/store/snapshot/schedule.ts';
import type { Database } from '#adapters/store/sqlite/database.ts';
import { Retention } from '#adapters/store/sqlite/retention.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Config } from '#core/config.ts';
import type { RunOptions } from './embedded.ts';
import type { Housekeeper } from './run-store.ts';
import type { RunWatch } from './run-watch.ts';
import { SNAPSHOTS } from './store-file.ts';
import type { RunTelemetry } from './telemetry.ts';

/** How often old history is looked for, ms; while some is left, the next rows follow sooner. */
const SWEEP_MS = 60_000;
const NEXT_SWEEP_MS = 250;
/** Rows of each kind in one sweep: about a millisecond. */
const SWEEP_ROWS = 100;

export interface HousekeepingParts {
  readonly config: Config;
  readonly dataDir: string;
  readonly database: Database;
  readonly alerts: Pick<RunWatch, 'raise' | 'over'>;
  readonly telemetry: RunTelemetry;
  readonly log: RunOptions['log'];
  readonly now: () => number;
}

/** Keeps a run's store safe and small: snapshots on schedule and at the end, history only as long as configured. */
export class Housekeeping implements Housekeeper {
  readonly #parts: HousekeepingParts;
  readonly #retention: Retention;
  readonly #failedRestores: FailedRestores;
  #saving: Promise<void> | null = null;
  #snapshots: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
    this.#failedRestores = new FailedRestores(parts.dataDir);
    this.#retention = new Retention(parts.database, parts.config.history.keepDays);
  }

  start(): void {
    this.#parts.telemetry.restored('ok', restoresOf(this.#parts.database));
    this.#snapshots = setInterval(() => void this.#save(), this.#parts.config.snapshot.everySeconds * 1000);
    this.#plan(NEXT_SWEEP_MS);
  }

  /** Saves the last snapshot of the run. */
  async stop(): Promise<void> {
    this.close();
    await this.#saving;
    await this.#save();
  }

  /** Ends the schedule. */
  close(): void {
    clearInterval(this.#snapshots);
    clearTimeout(this.#sweep);
  }

  /** One at a time: where the one before still runs, this one is left out. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveOne().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  async #saveOne(): Promise<void> {
    const { dataDir, database, config, log, telemetry, now, alerts } = this.#parts;
    const atMs = now();
    const directory = join(dataDir, SNAPSHOTS);
    const startedMs = performance.now();
    const order = { storeFile: database.file, target: join(directory, snapshotName(atMs)), atMs };
    const answer = await saveInThread(order);
    telemetry.snapshot(answer.ok ? 'ok' : 'failed');
    if (!answer.ok) {
      alerts.raise(raise('SNAPSHOT_SAVE_FAILED', '', atMs, answer.message));
      return;
    }
    alerts.over('SNAPSHOT_SAVE_FAILED', '', 'a snapshot was saved');
    const { file, bytes, symbols } = answer.info;
    log('info', 'snapshot', { file, bytes, symbols, tookMs: Math.round(performance.now() - startedMs) });
    try {
      rotate(directory, config.snapshot.keep);
    } catch (error) {
      log('warn', 'snapshot', { message: `old snapshots stay: ${messageOf(error)}` });
    }
  }

  #countRestores(): void {
    try {
      this.#parts.telemetry.restored('failed', this.#failedRestores.sinceLast());
    } catch (error) {
      this.#parts.log('warn', 'snapshot', { message: `failed restores are not counted: ${messageOf(error)}` });
    }
  }

  #plan(inMs: number): void {
    this.#sweep = setTimeout(() => {
      let removed = 0;
      this.#countRestores();
      try {
        removed = this.#retention.sweep(this.#parts.now(), SWEEP_ROWS);
      } catch (error) {
        this.#parts.log('warn', 'retention', { message: `old history stays: ${messageOf(error)}` });
      }
      this.#plan(removed > 0 ? NEXT_SWEEP_MS : SWEEP_MS);
    }, inMs);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
