import { isHolding } from '../engine/control.ts';
import type { ControlState, SymbolState } from '../engine/state.ts';
import type { Pair } from '../execution/types.ts';
import { isStandingGuard } from '../guards/index.ts';
import type { Alert } from './types.ts';

/** What trading looks like now, against which open alerts are held. */
export interface Ground {
  readonly states: readonly SymbolState[];
  readonly control: ControlState;
}

/** By code, what an open alert about a pair or an order needs in order to be still true. */
const STILL: Readonly<Record<string, (pair: Pair, subject: string) => boolean>> = {
  OUTCOME_UNKNOWN: ({ pending }, subject) => pending.some(({ id, status }) => id === subject && status === 'unknown'),
  NAKED_LEG: stillNaked,
  NAKED_LEG_CRITICAL: stillNaked,
  POSITION_UNJUDGEABLE: ({ id }, subject) => id === subject,
  POSITION_OVERDUE: ({ id }, subject) => id === subject,
  EXIT_UNMOVED: ({ id, state }, subject) => id === subject && state === 'CLOSING',
};

function stillNaked({ id, nakedSinceMs }: Pair, subject: string): boolean {
  return nakedSinceMs !== null && subject === `${id}:${nakedSinceMs}`;
}

/** Why an open alert of the engine is over; null where it still holds, or where others have to say. */
export function whyOver(
  { code, subject }: Pick<Alert, 'code' | 'subject'>,
  { states, control }: Ground,
): string | null {
  if (isStandingGuard(code)) return isHolding(control, code) ? null : 'its condition is gone';
  const still = STILL[code];
  if (still === undefined) return null;
  return states.some(({ pair }) => pair !== null && still(pair, subject)) ? null : 'the position no longer needs it';
}
