import { pause } from '#adapters/pause.ts';
import type { TableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { alertSpec, isAlertCode } from '#core/alerts/catalogue.ts';
import { type Alert, SEVERITIES } from '#core/alerts/types.ts';
import type { NoticeQueue, OpenAlert } from '#core/ports/alerts.ts';
import type { AlertMemory } from './run-store.ts';

/** What was raised so long ago and is not in the history was left by somebody who died before he could take it there, ms. */
const LEFT_MS = 10_000;
/** After a failure the next try waits so long, then twice as long, up to the most, ms. */
const WAIT_MS = 1000;
const MOST_WAIT_MS = 15_000;

interface Parts {
  readonly table: Pick<TableAlerts, 'intake' | 'queue'>;
  /** Told once for each alert, or look round, that does not come through. */
  readonly failed: (error: unknown) => void;
}

/**
 * The alerts of one process on a stage's table. They are written there with their cause; from there they are taken into the
 * history beside the loop, one after the other, as a function does it in the cloud. Which are open is known here at once.
 */
export class TableAlertMemory implements AlertMemory {
  readonly queue: NoticeQueue;
  readonly alone = false;
  readonly #parts: Parts;
  readonly #ending = new AbortController();
  /** Written, and not in the history yet, the oldest first. */
  readonly #pending: Alert[] = [];
  /** Those of them that were told by another way: when. */
  readonly #told = new Map<string, number>();
  #open = new Map<string, OpenAlert>();
  #roundAtMs: number | null = null;
  #work: Promise<void> | null = null;
  #wake: () => void = () => {};

  private constructor(parts: Parts) {
    this.#parts = parts;
    const { queue } = parts.table;
    this.queue = {
      ...queue,
      markTold: async (alert, nowMs) => {
        // Its notice is not there before it is taken in.
        if (this.#pending.some(({ id }) => id === alert.id)) this.#told.set(alert.id, nowMs);
        else await queue.markTold(alert, nowMs);
      },
    };
  }

  /** Takes up what an earlier run left. @throws TwinlegError as the table's store */
  static async open(parts: Parts, nowMs: number): Promise<TableAlertMemory> {
    const memory = new TableAlertMemory(parts);
    await memory.#round(nowMs, nowMs);
    return memory;
  }

  open(): OpenAlert[] {
    return [...this.#open.values()];
  }

  onQueued(wake: () => void): void {
    this.#wake = wake;
  }

  remind(nowMs: number): void {
    this.#roundAtMs = nowMs;
    this.#start();
  }

  /** These lie on the table now. */
  written(alerts: readonly Alert[]): void {
    if (alerts.length === 0) return;
    this.#pending.push(...alerts);
    for (const alert of alerts) note(this.#open, alert);
    this.#start();
  }

  /** Tries once more what has not come through; what is left then is found by whoever trades next. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#work;
  }

  #start(): void {
    this.#work ??= this.#run().finally(() => {
      this.#work = null;
    });
  }

  async #run(): Promise<void> {
    let waitMs = WAIT_MS;
    let failing: Alert | 'round' | null = null;
    for (;;) {
      const [alert] = this.#pending;
      const roundAtMs = this.#roundAtMs;
      if (alert === undefined && roundAtMs === null) return;
      try {
        if (alert !== undefined) await this.#take(alert);
        else await this.#round(roundAtMs!, roundAtMs! - LEFT_MS);
        waitMs = WAIT_MS;
      } catch (error) {
        if (failing !== (alert ?? 'round')) this.#parts.failed(error);
        failing = alert ?? 'round';
        if (this.#ending.signal.aborted) return;
        await pause(waitMs, this.#ending.signal);
        waitMs = Math.min(MOST_WAIT_MS, waitMs * 2);
      }
    }
  }

  async #take(alert: Alert): Promise<void> {
    const { intake, queue } = this.#parts.table;
    const isNew = await intake.take(alert);
    this.#pending.shift();
    const toldAtMs = this.#told.get(alert.id);
    this.#told.delete(alert.id);
    if (toldAtMs !== undefined) await queue.markTold(alert, toldAtMs);
    if (isNew) this.#wake();
  }

  async #round(nowMs: number, leftBeforeMs: number): Promise<void> {
    const { intake } = this.#parts.table;
    for (const alert of await intake.left(leftBeforeMs)) await intake.take(alert);
    await intake.remind(nowMs);
    const causes = await intake.open();
    this.#open = new Map(causes.map(({ alert }) => [alert.fingerprint, alert]));
    for (const alert of this.#pending) note(this.#open, alert);
    this.#roundAtMs = null;
    this.#wake();
  }
}

/** As the history will show it. */
function note(open: Map<string, OpenAlert>, alert: Alert): void {
  const { code, fingerprint, kind, severity, reason } = alert;
  if (isAlertCode(code) && alertSpec(code).lasts === 'event') return;
  const known = open.get(fingerprint);
  if (kind === 'resolved') open.delete(fingerprint);
  else if (known === undefined) open.set(fingerprint, alert);
  else if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.severity))
    open.set(fingerprint, { ...known, severity, reason });
}
