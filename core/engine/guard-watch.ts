import { isAlertCode } from '../alerts/catalogue.ts';
import { raise, resolve } from '../alerts/raise.ts';
import type { Alert } from '../alerts/types.ts';
import { isStandingGuard, STANDING_GUARDS } from '../guards/index.ts';
import type { GlobalView, StandingGuard } from '../guards/types.ts';
import { derivedId } from '../ids.ts';
import { isHolding, OUTCOME_UNKNOWN } from './control.ts';
import type { DecisionRecord, HoldChange } from './state.ts';

/** The symbol under which records that concern all symbols are kept. */
export const ALL_SYMBOLS = 'ALL';

/** A hold that begins or ends, with what is to be kept of it. */
export interface HoldStep {
  readonly change: HoldChange;
  readonly record: DecisionRecord;
  readonly alerts: readonly Alert[];
}

/**
 * The next hold that has to begin or end now, or null where the trading state is as the standing guards want it. A hold
 * of a guard that is not in force (any more) ends.
 *
 * @param mayEnd false where what the guards look at is not known well enough to let any of them go
 */
export function nextHold(world: Omit<GlobalView, 'nowMs'>, nowMs: number, mayEnd = true): HoldStep | null {
  const { control, settings } = world;
  const view: GlobalView = { ...world, nowMs };
  if (settings.guardsOn) {
    for (const guard of STANDING_GUARDS) {
      const holds = !guard.passes(view);
      if (holds !== isHolding(control, guard.code) && (holds || mayEnd)) return holdStep(guard, holds, view);
    }
  }
  if (!mayEnd) return null;
  for (const { code } of control.holding) {
    if (code === OUTCOME_UNKNOWN) continue;
    if (settings.guardsOn && isStandingGuard(code)) continue;
    const change = { code, holds: false, reason: 'the guard is off', atMs: nowMs };
    const alerts = isAlertCode(code) ? [resolve(code, '', nowMs, change.reason)] : [];
    return { change, record: holdRecord(change, view, []), alerts };
  }
  return null;
}

function holdStep(guard: StandingGuard, holds: boolean, view: GlobalView): HoldStep {
  const { code } = guard;
  const reason = holds ? guard.reason(view) : 'its condition is gone';
  const change = { code, holds, reason, atMs: view.nowMs };
  const verdict = { name: code, passed: !holds, value: guard.value(view), limit: guard.limit(view) };
  const alert = (holds ? raise : resolve)(code, '', view.nowMs, reason);
  return { change, record: holdRecord(change, view, [verdict]), alerts: [alert] };
}

function holdRecord(change: HoldChange, view: GlobalView, guards: DecisionRecord['guards']): DecisionRecord {
  const { code, holds, reason, atMs } = change;
  return {
    id: `g${derivedId('hold', code, String(holds), atMs)}`,
    atMs,
    symbol: ALL_SYMBOLS,
    decision: holds ? 'HELD' : 'RELEASED',
    code,
    netEdge: null,
    inputs: { reason },
    guards,
    configVersion: view.settings.configVersion,
  };
}
