import { isHolding, OUTCOME_UNKNOWN } from '../engine/control.ts';
import type { Guard } from './types.ts';

/** The operator's word: entries need ACTIVE, and no order of unknown outcome. Protects from trading on when told to stop. */
export const killSwitch: Guard = {
  code: 'KILL_SWITCH',
  tier: 'global',
  always: true,
  does: 'HALTED',
  protectsFrom: 'trading on when the operator said stop',
  key: null,
  passes: ({ control, draining }) =>
    control.operator.tradingState === 'ACTIVE' && !draining && !isHolding(control, OUTCOME_UNKNOWN),
  value({ control, draining }) {
    if (draining) return 'STOPPING';
    return isHolding(control, OUTCOME_UNKNOWN) ? OUTCOME_UNKNOWN : control.operator.tradingState;
  },
  limit: () => 'ACTIVE',
};
