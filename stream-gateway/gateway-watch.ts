import type { Activity } from '#core/alerts/activity.ts';
import { isAlertCode } from '#core/alerts/catalogue.ts';
import { Conditions } from '#core/alerts/conditions.ts';
import { faultCause, REPORTED } from '#core/alerts/faults.ts';
import { isFromOutside } from '#core/alerts/origin.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import { isWatched, Watch, type WatchSample } from '#core/alerts/watch.ts';
import type { PortfolioReport } from '#core/portfolio/report.ts';
import { leastRunway } from '#core/portfolio/runway.ts';

/** A failure that goes on is reported again after so long, ms: `housekeep` ends what nobody reports any more. */
const REPORT_AGAIN_MS = 30_000;

/** How often the inventory is valued, ms. */
const VALUE_MS = 30_000;

export interface GatewayWatchParts {
  readonly activity: Activity;
  readonly loopLatencyForSeconds: number;
  /** Brings an alert on its way to the operator. */
  readonly tell: (alert: Alert) => void;
}

/** Looks after the gateway that leads, as a run's watch does after a run: thresholds of its figures, failures, its configuration. */
export class GatewayWatch {
  readonly #parts: GatewayWatchParts;
  readonly #conditions: Conditions;
  readonly #watch: Watch;
  #valuedMs = 0;
  #runway: WatchSample['runway'] = null;
  /** When a cause was reported last, ms. */
  readonly #reportedMs = new Map<string, number>();

  constructor(parts: GatewayWatchParts) {
    this.#parts = parts;
    this.#conditions = new Conditions(parts.tell);
    this.#watch = new Watch(parts.activity, this.#conditions, parts.loopLatencyForSeconds * 1000);
  }

  /** Goes on with what is open and was judged by the gateway before this one. */
  adopt(open: readonly Alert[], nowMs: number): void {
    for (const alert of open) {
      const { code, subject } = alert;
      if (!isAlertCode(code) || isFromOutside(alert) || REPORTED[code] !== undefined) continue;
      if (isWatched(code) || code === 'CONFIG_REJECTED') this.#conditions.adopt(code, subject, nowMs);
    }
  }

  /**
   * Once a second while it leads.
   *
   * @param portfolio null while nothing is known of what is held
   */
  second(sample: Omit<WatchSample, 'runway'>, portfolio: () => PortfolioReport | null): void {
    if (sample.nowMs - this.#valuedMs >= VALUE_MS) {
      this.#valuedMs = sample.nowMs;
      const report = portfolio();
      this.#runway = report === null ? null : leastRunway(report);
    }
    this.#watch.second({ ...sample, runway: this.#runway });
  }

  /** Something failed and was survived. Others may report the same, so that its end is left to `housekeep`. */
  fault(errorCode: string, message: string, nowMs: number): void {
    const { code, subject } = faultCause(errorCode);
    const key = `${code} ${subject}`;
    if (nowMs - (this.#reportedMs.get(key) ?? Number.NEGATIVE_INFINITY) < REPORT_AGAIN_MS) return;
    this.#reportedMs.set(key, nowMs);
    this.#parts.tell(raise(code, subject, nowMs, `${errorCode}: ${message}`));
  }

  /** @param faults null where the configuration that was read is valid */
  configuration(faults: string | null, nowMs: number): void {
    this.#conditions.look('CONFIG_REJECTED', '', faults !== null, nowMs, faults ?? '', 0);
  }
}
