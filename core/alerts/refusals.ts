import type { DecisionRecord } from '../engine/state.ts';
import { isStandingGuard } from '../guards/index.ts';
import { GUARD_ALERTS } from './catalogue/guards.ts';
import { isAlertCode } from './catalogue.ts';
import { raise, resolve } from './raise.ts';
import type { Alert } from './types.ts';

/** Guards whose refusal concerns all symbols: one alert, whichever symbol wanted the entry. */
const OF_ALL: ReadonlySet<string> = new Set(['FX_INSANE', 'COMMON_MODE']);
/** Refusals gone for so long are over, ms. */
const CLEAR_AFTER_MS = 30_000;

/**
 * The alert that a refusal is, where its guard has one; written together with the refusal. A standing guard that refuses
 * holds within the second, and that is its alert.
 */
export function refusalAlerts({ decision, code, symbol, atMs, guards }: DecisionRecord): readonly Alert[] {
  if (decision !== 'REFUSED' || !isOfRefusal(code) || !isAlertCode(code)) return [];
  const verdict = guards.find(({ name }) => name === code);
  const reason = `${symbol} was not entered: ${verdict?.value} against a limit of ${verdict?.limit}`;
  return [raise(code, subjectOf(code, symbol), atMs, reason)];
}

/** Whether an alert is that of a guard which refuses, rather than of one that sets the trading state. */
export function isOfRefusal(code: string): boolean {
  return Object.hasOwn(GUARD_ALERTS, code) && !isStandingGuard(code);
}

function subjectOf(code: string, symbol: string): string {
  return OF_ALL.has(code) ? '' : symbol;
}

/** Tells when the alerts of refusals are over: when no symbol has been refused by that guard for a while. */
export class RefusalAlerts {
  /** Symbols that are being refused, by code and subject, and since when none is. */
  readonly #standing = new Map<string, { readonly symbols: Set<string>; endedMs: number }>();

  record({ decision, code, symbol, atMs }: DecisionRecord): void {
    if (!isOfRefusal(code)) return;
    const key = `${code} ${subjectOf(code, symbol)}`;
    const standing = this.#standing.get(key) ?? { symbols: new Set(), endedMs: atMs };
    this.#standing.set(key, standing);
    if (decision === 'REFUSED') standing.symbols.add(symbol);
    else if (decision === 'REFUSAL_ENDED') {
      standing.symbols.delete(symbol);
      standing.endedMs = atMs;
    }
  }

  /** The end of an open alert, or null where it still holds or is none of a refusal. */
  over({ code, subject }: Pick<Alert, 'code' | 'subject'>, nowMs: number): Alert | null {
    if (!isOfRefusal(code) || !isAlertCode(code)) return null;
    const standing = this.#standing.get(`${code} ${subject}`);
    if (standing !== undefined && (standing.symbols.size > 0 || nowMs - standing.endedMs < CLEAR_AFTER_MS)) return null;
    return resolve(code, subject, nowMs, 'it has not refused an entry since');
  }
}
