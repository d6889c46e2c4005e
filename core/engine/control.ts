import type { ControlState, HoldChange, OperatorChange, TradingState } from './state.ts';

/** The code under which an order's unknown outcome holds entries back. */
export const OUTCOME_UNKNOWN = 'OUTCOME_UNKNOWN';

const STRICTNESS: Readonly<Record<TradingState, number>> = { ACTIVE: 0, REDUCE_ONLY: 1, HALTED: 2 };

/** Whether a guard's condition holds entries back now. */
export function isHolding({ holding }: Pick<ControlState, 'holding'>, code: string): boolean {
  for (let i = 0; i < holding.length; i++) if (holding[i]!.code === code) return true;
  return false;
}

/** The operator's word; what guards hold stays held. */
export function withOperator(control: ControlState, change: OperatorChange): ControlState {
  const { tradingState, reason, flatten, atMs } = change;
  return inForce({ ...control, operator: { tradingState, reason }, flatten, atMs });
}

/** A guard's condition came or went: its hold is added or taken away, the others and the operator's word stay. */
export function withHold(control: ControlState, { code, holds, reason, atMs }: HoldChange): ControlState {
  const others = control.holding.filter((hold) => hold.code !== code);
  return inForce({ ...control, holding: holds ? [...others, { code, reason, sinceMs: atMs }] : others, atMs });
}

/** The stricter of the operator's word and REDUCE_ONLY while anything holds; the operator's where they are alike. */
function inForce(control: ControlState): ControlState {
  const { operator, holding } = control;
  const first = holding[0];
  const version = control.version + 1;
  if (first === undefined || STRICTNESS[operator.tradingState] >= STRICTNESS.REDUCE_ONLY) {
    return { ...control, version, tradingState: operator.tradingState, setBy: 'operator', reason: operator.reason };
  }
  return { ...control, version, tradingState: 'REDUCE_ONLY', setBy: first.code, reason: first.reason };
}
