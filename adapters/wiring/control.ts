import type { ControlState, OperatorChange, TradingState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';

/** What an operator can ask of trading as a whole. */
export type ControlAction = 'pause' | 'resume' | 'halt' | 'flatten';

const STATES: Readonly<Record<ControlAction, TradingState>> = {
  pause: 'REDUCE_ONLY',
  resume: 'ACTIVE',
  halt: 'HALTED',
  flatten: 'REDUCE_ONLY',
};

/**
 * The operator's word as the store takes it; the very next decision of whoever trades on it obeys.
 *
 * @throws TwinlegError `RESUME_REFUSED` while a condition that must hold entries back still holds
 */
export function operatorChange(
  { holding }: Pick<ControlState, 'holding'>,
  action: ControlAction,
  reason: string,
  atMs: number,
): OperatorChange {
  const [first, ...others] = holding;
  if (action === 'resume' && first !== undefined) {
    const more = others.map(({ code, reason: why }) => `; ${code} too: ${why}`).join('');
    throw new TwinlegError(
      'RESUME_REFUSED',
      `${first.code} still holds: ${first.reason}${more}`,
      'see docs/guards.md for what ends it; the state lifts itself once the condition is gone and a run sees it',
    );
  }
  return { tradingState: STATES[action], reason, flatten: action === 'flatten', atMs };
}
