import type { Guard } from './types.ts';

/** Trading state: entries need ACTIVE. Protects from trading on when the operator or a guard said stop. */
export const killSwitch: Guard = {
  code: 'KILL_SWITCH',
  tier: 'global',
  always: true,
  passes: (context) => context.control.tradingState === 'ACTIVE' && !context.draining,
  value: (context) => (context.draining ? 'STOPPING' : context.control.tradingState),
  limit: () => 'ACTIVE',
};
