import type { VenueId } from '../market/types.ts';
import { VENUES } from '../market/types.ts';
import type { Activity } from './activity.ts';
import { type AlertCode, isAlertCode } from './catalogue.ts';
import type { Conditions } from './conditions.ts';
import { faultCause, REPORTED } from './faults.ts';

const LATENCY_LIMIT_MS = 50;
const STORM_BREAKS = 5;
const BAD_FRAMES = 10;
const FX_MISSING_MS = 10_000;
/** A venue is heard while its last message is no older, ms. */
const HEARD_MS = 5000;
const SHORT_RUNWAY = 2;
const HOUR_MS = 3_600_000;
const QUIET_MS = 6 * HOUR_MS;
const MISSED = 20;
const FILLING_TIMES = 4;
const JUDGED: ReadonlySet<AlertCode> = new Set<AlertCode>([
  'LOOP_LATENCY',
  'RECONNECT_STORM',
  'BAD_FRAMES',
  'FX_STALE',
  'DISK_FILLING',
  'INVENTORY_RUNWAY',
  'OPPORTUNITIES_MISSED',
  'LOW_ACTIVITY',
]);

/** Whether an alert begins and ends here. */
export function isWatched(code: AlertCode): boolean {
  return JUDGED.has(code) || Object.hasOwn(REPORTED, code);
}

/** Figures of one second of a run. */
export interface WatchSample {
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly active: boolean;
  /** Age of KRW-USDT, ms; null before its first quote. */
  readonly fxAgeMs: number | null;
  readonly lastFrameAgeMs: Readonly<Record<VenueId, number | null>>;
  readonly freeBytes: number | null;
  readonly minFreeBytes: number;
  /** The least of what entries are left for anywhere, and where; null where it is not known. */
  readonly runway: { readonly entries: number; readonly where: string } | null;
}

/** Judges figures of a run against the thresholds of the catalogue, each second. */
export class Watch {
  readonly #activity: Activity;
  readonly #conditions: Conditions;
  readonly #latencyForMs: number;
  #slowSinceMs: number | null = null;

  constructor(activity: Activity, conditions: Conditions, latencyForMs: number) {
    this.#activity = activity;
    this.#conditions = conditions;
    this.#latencyForMs = latencyForMs;
  }

  second(sample: WatchSample): void {
    const { nowMs } = sample;
    this.#latency(nowMs);
    for (const venue of VENUES) {
      const { breaks, malformed } = this.#activity.venues[venue];
      const broken = breaks.sum(nowMs);
      const bad = malformed.sum(nowMs);
      this.#look('RECONNECT_STORM', venue, broken >= STORM_BREAKS, nowMs, `${venue} broke ${broken} times in a minute`);
      this.#look('BAD_FRAMES', venue, bad >= BAD_FRAMES, nowMs, `${bad} malformed frames of ${venue} in a minute`);
    }
    this.#fx(sample);
    this.#supplies(sample);
    this.#trading(sample);
    for (const [code, clearAfterMs] of Object.entries(REPORTED))
      if (isAlertCode(code)) this.#conditions.sweep(code, nowMs, clearAfterMs);
  }

  /** Something failed and was survived. */
  fault(errorCode: string, message: string, nowMs: number): void {
    const { code, subject } = faultCause(errorCode);
    this.#conditions.look(code, subject, true, nowMs, `${errorCode}: ${message}`, 0);
  }

  /** A webhook or a command was turned away, or somebody else took the commands. */
  stranger(code: 'WEBHOOK_REFUSED' | 'COMMAND_REFUSED' | 'COMMANDS_CONTESTED', reason: string, nowMs: number): void {
    this.#conditions.look(code, '', true, nowMs, reason, 0);
  }

  #latency(nowMs: number): void {
    const latencyMs = this.#activity.latencyMs(nowMs);
    if (latencyMs <= LATENCY_LIMIT_MS) this.#slowSinceMs = null;
    else this.#slowSinceMs ??= nowMs;
    const holds = this.#slowSinceMs !== null && nowMs - this.#slowSinceMs >= this.#latencyForMs;
    this.#look('LOOP_LATENCY', '', holds, nowMs, `${latencyMs.toFixed(0)} ms on the mean of ten seconds`, 10_000);
  }

  #fx({ nowMs, fxAgeMs, lastFrameAgeMs }: WatchSample): void {
    const heard = lastFrameAgeMs.upbit !== null && lastFrameAgeMs.upbit < HEARD_MS;
    const missing = fxAgeMs !== null && fxAgeMs > FX_MISSING_MS;
    const reason = `KRW-USDT was last heard ${Math.round((fxAgeMs ?? 0) / 1000)} s ago`;
    this.#look('FX_STALE', '', missing && heard, nowMs, reason);
  }

  #supplies({ nowMs, freeBytes, minFreeBytes, runway }: WatchSample): void {
    // Below what entries need it is full rather than filling; what was filling is no better by that.
    const isFull = freeBytes !== null && freeBytes < minFreeBytes && !this.#conditions.isHeld('DISK_FILLING', '');
    const filling = freeBytes !== null && freeBytes < FILLING_TIMES * minFreeBytes && !isFull;
    const free = `${Math.round((freeBytes ?? 0) / 1e6)} MB free, entries stop at ${Math.round(minFreeBytes / 1e6)} MB`;
    this.#look('DISK_FILLING', '', filling, nowMs, free);
    const short = runway !== null && runway.entries < SHORT_RUNWAY;
    const left = `${runway?.where}: enough for ${runway?.entries.toFixed(1)} entries`;
    this.#look('INVENTORY_RUNWAY', '', short, nowMs, left, 60_000);
  }

  #trading({ nowMs, uptimeMs, active }: WatchSample): void {
    const { refusals, entries, lastCloseMs } = this.#activity;
    const refused = refusals.sum(nowMs);
    const missed = uptimeMs >= HOUR_MS && refused >= MISSED && entries.sum(nowMs) === 0;
    this.#look('OPPORTUNITIES_MISSED', '', missed, nowMs, `${refused} entries refused in an hour, none made`);
    const quietMs = Math.min(uptimeMs, lastCloseMs === null ? uptimeMs : nowMs - lastCloseMs);
    const low = active && quietMs >= QUIET_MS;
    this.#look('LOW_ACTIVITY', '', low, nowMs, `nothing was closed for ${Math.floor(quietMs / HOUR_MS)} hours`);
  }

  #look(code: AlertCode, subject: string, holds: boolean, nowMs: number, reason: string, clearAfterMs = 5000): void {
    this.#conditions.look(code, subject, holds, nowMs, reason, clearAfterMs);
  }
}
