import type { AlertSecrets } from '#adapters/config/secrets.ts';
import { AlertDesk } from '#adapters/notify/desk.ts';
import { DirectLine } from '#adapters/notify/direct.ts';
import { createTelegramNotifier } from '#adapters/notify/telegram.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { isAlertCode } from '#core/alerts/catalogue.ts';
import { explainedBy } from '#core/alerts/inhibition.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { Config } from '#core/config.ts';
import type { Notice, NoticeQueue, OpenAlert, SendOutcome } from '#core/ports/alerts.ts';
import type { RunOptions } from './embedded.ts';
import { logAlert } from './observer.ts';
import type { RunStore } from './run-store.ts';
import type { RunTelemetry } from './telemetry.ts';

/** Messages that fail for so long are an alert of their own, ms. */
const DOWN_AFTER_MS = 60_000;

export interface RunAlertsParts {
  readonly config: Config;
  readonly stored: Pick<RunStore, 'store' | 'alerts' | 'operator' | 'place' | 'pace' | 'isUp'>;
  readonly telemetry: RunTelemetry;
  readonly secrets: AlertSecrets;
  readonly run: string;
  readonly log: RunOptions['log'];
  readonly now: () => number;
}

/** An alert that could not be stored. */
interface Unstored {
  readonly alert: Alert;
  /** It was told all the same. */
  told: boolean;
  isBeingTold: boolean;
}

/** The alerts of one run: stored with what they tell of, then brought to the operator. */
export class RunAlerts {
  readonly open: () => OpenAlert[];
  /** Age of the oldest notice that waits, ms. */
  oldestWaitingMs = 0;
  readonly #parts: RunAlertsParts;
  readonly #queue: NoticeQueue;
  readonly #desk: AlertDesk | null = null;
  readonly #direct: DirectLine | null = null;
  readonly #unstored: Unstored[] = [];
  /** The window of sends has yet to know of what was told past the queue. */
  #toldDirectly = false;
  #failingSinceMs: number | null = null;
  #isDown = false;
  #remindedMs = 0;
  #lookedMs = 0;

  constructor(parts: RunAlertsParts) {
    this.#parts = parts;
    const { config, stored, secrets, now } = parts;
    this.open = () => stored.alerts.open();
    this.#queue = stored.alerts.queue;
    const { botToken, chatId } = secrets;
    if (botToken === null || chatId === null) return;
    const { maxPerMinute, runbookBase, telegram } = config.alerts;
    const notifier = createTelegramNotifier(createTelegramApi(botToken, telegram.apiRoot), chatId);
    this.#direct = new DirectLine({ ...parts, notifier, maxPerMinute, runbookBase });
    this.#queue = this.#direct.watch(this.#queue);
    this.#desk = new AlertDesk({
      queue: this.#queue,
      notifier,
      maxPerMinute,
      runbookBase,
      now,
      alone: stored.alerts.alone,
      lookMs: stored.pace.noticesMs,
      told: (outcome, notices) => this.#told(outcome, notices),
      failed: () => {},
    });
    stored.alerts.onQueued(() => this.#desk?.wake());
  }

  async start(): Promise<void> {
    const isDown = this.open().some(({ code }) => code === 'TELEGRAM_DOWN');
    if (isDown) this.#failingSinceMs = this.#parts.now();
    this.#isDown = isDown;
    await this.#desk?.start();
  }

  async stop(): Promise<void> {
    await this.#desk?.stop();
  }

  /** An alert that nothing else writes. */
  raise(alert: Alert): void {
    const { stored, telemetry, log } = this.#parts;
    telemetry.messaging.alert(alert);
    logAlert(log, alert);
    try {
      this.storeKept();
      // What came before it is stored before it.
      if (this.#unstored.length > 0) this.#keep(alert);
      else stored.store.record([], [alert]);
    } catch {
      this.#keep(alert);
    }
    this.#desk?.wake();
  }

  /** One was written by whoever had cause to. */
  written(): void {
    this.#desk?.wake();
  }

  /** Each second: what could not be stored is stored, what has been open for long is told again. */
  async second(nowMs: number): Promise<void> {
    const { alerts, pace, isUp } = this.#parts.stored;
    this.storeKept();
    if (!isUp()) return;
    if (this.#toldDirectly) await this.#direct?.giveBack(this.#queue);
    this.#toldDirectly = false;
    if (nowMs - this.#remindedMs >= pace.remindMs) {
      this.#remindedMs = nowMs;
      alerts.remind(nowMs);
      if (this.#desk === null) await this.#queue.shelve(nowMs);
      else await this.#desk.recover();
    }
    if (nowMs - this.#lookedMs < pace.noticesMs) return;
    this.#lookedMs = nowMs;
    const oldestAtMs = await this.#queue.oldestAtMs();
    this.oldestWaitingMs = oldestAtMs === null ? 0 : Math.max(0, nowMs - oldestAtMs);
    this.#parts.telemetry.alertsWaiting(this.oldestWaitingMs);
  }

  #keep(alert: Alert): void {
    const explained = explainedBy(alert.code) as readonly string[];
    const isSymptom = this.#unstored.some(({ alert: { kind, code } }) => kind === 'fired' && explained.includes(code));
    const kept: Unstored = { alert, told: false, isBeingTold: false };
    this.#unstored.push(kept);
    if (isSymptom || this.#direct === null) return;
    kept.isBeingTold = true;
    void this.#direct.tell(alert).then((told) => {
      kept.told = told;
      kept.isBeingTold = false;
    });
  }

  /**
   * Stores what could not be stored before: ahead of anything else that is written, so that a cause is known before its
   * symptoms.
   */
  storeKept(): void {
    for (let kept = this.#unstored[0]; kept !== undefined && !kept.isBeingTold; kept = this.#unstored[0]) {
      this.#parts.stored.store.record([], [kept.alert]);
      this.#unstored.shift();
      if (!kept.told) continue;
      this.#toldDirectly = true;
      // At once, before the desk finds it waiting; where that fails it is told twice rather than not.
      void this.#queue.markTold(kept.alert, this.#parts.now()).catch(() => {});
    }
  }

  #told(outcome: SendOutcome, notices: readonly Notice[]): void {
    const { telemetry, log, now } = this.#parts;
    telemetry.messaging.message(outcome.kind);
    const nowMs = now();
    if (outcome.kind === 'sent' || outcome.kind === 'refused') {
      log('info', 'told', { outcome: outcome.kind, alerts: notices.map(({ alert }) => alert.code).slice(0, 10) });
      this.#failingSinceMs = null;
      if (this.#isDown) this.raise(resolve('TELEGRAM_DOWN', '', nowMs, 'Telegram takes messages again'));
      this.#isDown = false;
      const [first] = notices;
      if (outcome.kind === 'refused' && first !== undefined && isAlertCode(first.alert.code))
        this.raise(raise('MESSAGE_REFUSED', '', nowMs, `${first.alert.code}: ${outcome.reason}`));
      return;
    }
    const reason = outcome.kind === 'limited' ? `asked to wait ${outcome.retryAfterMs} ms` : outcome.reason;
    log('warn', 'not_told', { outcome: outcome.kind, message: reason });
    if (outcome.kind === 'limited') return;
    this.#failingSinceMs ??= nowMs;
    if (this.#isDown || nowMs - this.#failingSinceMs < DOWN_AFTER_MS) return;
    this.#isDown = true;
    this.raise(raise('TELEGRAM_DOWN', '', nowMs, reason));
  }
}
