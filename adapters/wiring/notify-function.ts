import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { decodeAlert } from '#adapters/bus/sqs/alert-queue.ts';
import type { DeadLetters } from '#adapters/bus/sqs/dead-letters.ts';
import { DirectLine } from '#adapters/notify/direct.ts';
import { createCouriers } from '#adapters/notify/lanes.ts';
import type { AlertIntake } from '#adapters/store/dynamodb/alerts/intake.ts';
import type { Courier } from '#core/alerts/courier.ts';
import { TELL_AGAIN_MS } from '#core/alerts/policy.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { NoticeQueue, Notifier } from '#core/ports/alerts.ts';
import { deadLetterOf, failureOf } from './function-failures.ts';
import type { FunctionLog } from './lambda.ts';
import type { MessengerTelemetry } from './messenger-telemetry.ts';

/** What was raised so long ago and did not come by the queue is fetched, ms. */
const LEFT_MS = 10_000;
/** A claim of an invocation that did not come back is free again, ms. */
const LEASE_MS = 90_000;
/** What waits is looked after by the invocation of each minute until so long after its start, ms. */
const ROUND_MS = 50_000;

export interface NotifyParts {
  readonly intake: AlertIntake;
  readonly queue: NoticeQueue;
  /** Null: nobody is there to be told. */
  readonly notifier: Notifier | null;
  readonly deadLetters: Pick<DeadLetters, 'put'>;
  readonly maxPerMinute: number;
  readonly runbookBase: string | null;
  /** Who trades, as messages name it. */
  readonly run: string;
  readonly now: () => number;
  readonly telemetry: Pick<MessengerTelemetry, 'messaging' | 'laidAside'>;
  readonly log: FunctionLog;
  /** How long the round of each minute lasts, ms. */
  readonly roundMs?: number;
}

/** Takes alerts into the history and brings what is to be told to the operator. */
export class NotifyFunction {
  readonly #parts: NotifyParts;
  readonly #couriers: readonly Courier[];
  readonly #queue: NoticeQueue;
  /** For what cannot wait until the table is there again. */
  readonly #direct: DirectLine | null;
  /** When a cause was told past the table, ms. */
  readonly #toldMs = new Map<string, number>();

  constructor(parts: NotifyParts) {
    this.#parts = parts;
    const { notifier, log, run, telemetry } = parts;
    this.#direct = notifier === null ? null : new DirectLine({ ...parts, notifier, run });
    const queue = this.#direct?.watch(parts.queue) ?? parts.queue;
    this.#queue = queue;
    this.#couriers =
      notifier === null
        ? []
        : createCouriers({
            ...parts,
            queue,
            notifier,
            told: (outcome, notices) => {
              telemetry.messaging.message(outcome.kind);
              log(outcome.kind === 'sent' ? 'info' : 'warn', 'told', {
                outcome: outcome.kind,
                alerts: notices.map(({ alert }) => alert.code).slice(0, 10),
              });
            },
          });
  }

  /**
   * Alerts from the queue. What fails is given back with all that follow it in its group, so that their order stays; what
   * cannot be read goes to the dead letters.
   */
  async messages(records: readonly SQSRecord[]): Promise<SQSBatchResponse> {
    const { deadLetters, log, now, telemetry } = this.#parts;
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    const failedGroups = new Set<string>();
    for (const record of records) {
      const group = record.attributes.MessageGroupId ?? '';
      try {
        if (failedGroups.has(group)) throw new Error('one before it failed');
        const read = decodeAlert(record.body);
        if (read.ok) await this.#take(read.value);
        else {
          telemetry.laidAside(read.reason);
          await deadLetters.put(deadLetterOf(record, read.reason, read.detail, now()));
        }
      } catch (error) {
        failedGroups.add(group);
        batchItemFailures.push({ itemIdentifier: record.messageId });
        log('warn', 'alert_not_taken', failureOf(error));
      }
    }
    // What is in the history is told by the next one that comes, or in the next minute.
    await this.#deliver().catch((error: unknown) => log('warn', 'not_delivered', failureOf(error)));
    return { batchItemFailures };
  }

  /** Each minute: what was left lying, what was lost on its way, what lasts; and what waits for its time. */
  async round(): Promise<{ readonly left: number; readonly reminded: number }> {
    const { intake, now, log, roundMs = ROUND_MS } = this.#parts;
    const queue = this.#queue;
    const startedMs = now();
    const left = await intake.left(startedMs - LEFT_MS);
    for (const alert of left) await this.#take(alert);
    await queue.recover(startedMs, LEASE_MS);
    const reminded = await intake.remind(startedMs);
    if (this.#couriers.length === 0) await queue.shelve(startedMs);
    for (;;) {
      const againMs = await this.#deliver();
      if (againMs === null || Math.max(againMs, now()) - startedMs > roundMs) break;
      await sleep(Math.max(100, againMs - now()));
    }
    log('info', 'notified', { left: left.length, reminded });
    return { left: left.length, reminded };
  }

  /** Into the history; where the table is away, what is P0 is told all the same, once for a cause. */
  async #take(alert: Alert): Promise<void> {
    const { intake, now, telemetry } = this.#parts;
    const { fingerprint, severity, kind } = alert;
    try {
      if (await intake.take(alert)) telemetry.messaging.alert(alert);
    } catch (error) {
      const lastMs = this.#toldMs.get(fingerprint) ?? 0;
      const isDue = kind === 'fired' && severity === 'P0' && now() - lastMs > TELL_AGAIN_MS.P0;
      if (isDue && (await this.#direct?.tell(alert)) === true) this.#toldMs.set(fingerprint, now());
      throw error;
    }
    if (!this.#toldMs.delete(fingerprint)) return;
    await this.#queue.markTold(alert, now());
    await this.#direct?.giveBack(this.#queue);
  }

  /** Returns when to come again, ms; null where nothing waits. */
  async #deliver(): Promise<number | null> {
    const agains = await Promise.all(this.#couriers.map((courier) => courier.deliver()));
    const times = agains.filter((again) => again !== null);
    return times.length === 0 ? null : Math.min(...times);
  }
}
