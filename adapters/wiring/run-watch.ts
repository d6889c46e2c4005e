import { type HttpAnswer, jsonAnswer, type Posted } from '#adapters/http/server.ts';
import { readWebhook } from '#adapters/notify/alertmanager.ts';
import { startDeadMan } from '#adapters/notify/dead-man.ts';
import { storeError } from '#adapters/store/sqlite/database.ts';
import type { Feed } from '#adapters/venues/feed.ts';
import { type AlertCode, isAlertCode } from '#core/alerts/catalogue.ts';
import { Conditions } from '#core/alerts/conditions.ts';
import { isFromOutside, isOfAnother } from '#core/alerts/origin.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { isOfRefusal } from '#core/alerts/refusals.ts';
import { whyOver } from '#core/alerts/settled.ts';
import type { Alert } from '#core/alerts/types.ts';
import { isWatched, Watch } from '#core/alerts/watch.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import { TwinlegError } from '#core/errors.ts';
import type { VenueId } from '#core/market/types.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import { leastRunway } from '#core/portfolio/runway.ts';
import { RunAlerts, type RunAlertsParts } from './run-alerts.ts';
import { startOperator } from './run-operator.ts';

/** How often inventory is valued, ms. */
const VALUE_MS = 30_000;
/** Alerts that wait for so long do not get out, ms. */
const OVERDUE_MS = 300_000;
/** A write that takes longer is slow, ms. */
const SLOW_WRITE_MS = 1000;

interface RunWatchParts extends RunAlertsParts {
  readonly machine: () => TradingMachine;
  readonly feeds: () => Readonly<Record<VenueId, Feed>>;
  readonly portfolio: () => PortfolioReport;
  /** Where this run serves its figures. */
  readonly url: () => string;
  /** Every part of the run is well. */
  readonly well: () => boolean;
  readonly startedMs: number;
  /** The run before ended without a stop: when it was last alive, ms; null where it was stopped or there was none. */
  readonly crashedMs: number | null;
  readonly configWarnings?: readonly string[];
}

/** Looks after a run each second: what is wrong becomes an alert, what is over ends one. */
export class RunWatch {
  readonly alerts: RunAlerts;
  readonly #parts: RunWatchParts;
  readonly #conditions: Conditions;
  readonly #watch: Watch;
  #runway: ReturnType<typeof leastRunway> = null;
  #valuedMs = 0;
  #beatMs = 0;
  #stopDeadMan: () => void = () => {};
  #stopOperator: () => Promise<void> = async () => {};

  constructor(parts: RunWatchParts) {
    this.#parts = parts;
    this.alerts = new RunAlerts(parts);
    this.#conditions = new Conditions((alert) => this.alerts.raise(alert));
    const latencyForMs = parts.config.alerts.loopLatencyForSeconds * 1000;
    this.#watch = new Watch(parts.telemetry.activity, this.#conditions, latencyForMs);
  }

  async start(): Promise<void> {
    const { now, crashedMs, configWarnings } = this.#parts;
    const nowMs = now();
    for (const open of this.alerts.open()) {
      const { code, subject } = open;
      if (!isFromOutside(open) && isAlertCode(code) && isWatched(code)) this.#conditions.adopt(code, subject, nowMs);
    }
    // A run that starts has a valid configuration and a list.
    this.over('CONFIG_REJECTED', '', 'a run started with a valid configuration');
    this.over('UNIVERSE_EMPTY', '', 'there are symbols again');
    if (crashedMs !== null) {
      const last = new Date(crashedMs).toISOString();
      this.raise(
        raise('ENGINE_CRASHED', '', nowMs, `the run before ended without a stop; it was last alive at ${last}`),
      );
    }
    for (const warning of configWarnings ?? [])
      this.raise(raise('CONFIG_WARNING', warning.split(':')[0]!, nowMs, warning));
    await this.alerts.start();
    this.#stopOperator = startOperator({
      ...this.#parts,
      memory: this.#parts.stored.operator,
      refused: (code, reason) => this.#watch.stranger(code, reason, now()),
      failed: (error) => this.fault(error),
    });
    const { config, log, well } = this.#parts;
    const url = config.alerts.deadManUrl;
    if (url === null) return;
    const isWell = () => well() && this.alerts.oldestWaitingMs < OVERDUE_MS;
    this.#stopDeadMan = startDeadMan({ url, well: isWell, log: (message) => log('warn', 'dead_man', { message }) });
  }

  raise(alert: Alert): void {
    this.alerts.raise(alert);
  }

  /** Ends an alert, where it is open. */
  over(code: AlertCode, subject: string, reason: string): void {
    if (!this.alerts.open().some((open) => open.code === code && open.subject === subject)) return;
    this.raise(resolve(code, subject, this.#parts.now(), reason));
  }

  /** A failure that was survived: logged, counted and judged. Returns its code. */
  fault(cause: unknown): string {
    // What the store's file refused may come as SQLite says it.
    const error = storeError(this.#parts.stored.place, cause);
    const code = error instanceof TwinlegError ? error.code : 'INTERNAL';
    const message = error instanceof Error ? error.message : String(error);
    // Every event asks while the store is away.
    if (code !== 'STORE_AWAY') this.#parts.log('error', 'failed', { code, message });
    this.#parts.telemetry.error(code);
    this.#watch.fault(code, message, this.#parts.now());
    return code;
  }

  /** The loop came round; it was asked to after `everyMs`. */
  beat(nowMs: number, everyMs: number): void {
    if (this.#beatMs > 0) this.#parts.telemetry.activity.beat(nowMs, Math.max(0, nowMs - this.#beatMs - everyMs));
    this.#beatMs = nowMs;
    try {
      this.alerts.storeKept();
    } catch {
      // Tried again, and told of, with the next second.
    }
  }

  /** Makes a write of the store, and notices one that is slow. */
  timeWrite(write: () => void): void {
    const startedMs = performance.now();
    write();
    const tookMs = performance.now() - startedMs;
    if (tookMs >= SLOW_WRITE_MS)
      this.#watch.fault('STORE_BUSY', `a write took ${Math.round(tookMs)} ms`, this.#parts.now());
  }

  /** Alertmanager, or somebody who says so, posted something. */
  posted({ authorization, body }: Posted): HttpAnswer {
    const { telemetry, secrets, now, url } = this.#parts;
    const read = readWebhook(authorization, body, secrets.alertmanagerSecret, now());
    telemetry.messaging.webhook(read.result);
    if (read.result === 'accepted') {
      const mine = new Set(this.alerts.open().flatMap((open) => (isFromOutside(open) ? [] : [open.code])));
      for (const alert of read.alerts) {
        // What this run has noticed by itself is the same cause.
        const isNews = !mine.has(alert.code) || isOfAnother(alert, new URL(url()).port);
        if (alert.kind === 'fired' && isNews) this.raise(alert);
        else if (alert.kind === 'fired') continue;
        else if (isAlertCode(alert.code)) this.over(alert.code, alert.subject, alert.reason);
      }
      return jsonAnswer(200, { accepted: read.alerts.length });
    }
    this.#watch.stranger('WEBHOOK_REFUSED', read.reason, now());
    return jsonAnswer(read.result === 'malformed' ? 400 : 401, { error: read.result });
  }

  async second(nowMs: number): Promise<void> {
    const { config, telemetry, startedMs } = this.#parts;
    const { engine, joiner } = this.#parts.machine();
    const feeds = this.#parts.feeds();
    const { control } = engine;
    if (nowMs - this.#valuedMs >= VALUE_MS) this.#value(nowMs);
    this.#watch.second({
      nowMs,
      uptimeMs: nowMs - startedMs,
      active: control.tradingState === 'ACTIVE',
      fxAgeMs: joiner.fx.receivedAtMs < 0 ? null : nowMs - joiner.fx.receivedAtMs,
      lastFrameAgeMs: { binance: feeds.binance.state().lastFrameAgeMs, upbit: feeds.upbit.state().lastFrameAgeMs },
      freeBytes: engine.world.outside.freeBytes,
      minFreeBytes: config.store.minFreeBytes,
      runway: this.#runway,
    });
    const ground = { states: engine.states, control };
    for (const open of this.alerts.open()) {
      if (isFromOutside(open)) continue;
      const reason = whyOver(open, ground);
      if (reason !== null && isAlertCode(open.code)) this.raise(resolve(open.code, open.subject, nowMs, reason));
      else if (isOfRefusal(open.code)) {
        const over = telemetry.refusals.over(open, nowMs);
        if (over !== null) this.raise(over);
      }
    }
    await this.alerts.second(nowMs);
  }

  async stop(): Promise<void> {
    this.#stopDeadMan();
    await this.#stopOperator();
    return this.alerts.stop();
  }

  #value(nowMs: number): void {
    this.#valuedMs = nowMs;
    this.#runway = leastRunway(this.#parts.portfolio());
  }
}
