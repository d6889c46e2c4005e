import type { Guard } from './types.ts';

/** Deposits or withdrawals of the coin are suspended. Protects from a gap that nobody can close. */
export const walletSuspended: Guard = {
  code: 'WALLET_SUSPENDED',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'a gap that stays open because no coin can move between the venues; `not checked` without keys',
  key: null,
  passes: ({ outside, symbol }) => outside.suspended === null || !outside.suspended.has(symbol),
  value({ outside, symbol }) {
    if (outside.suspended === null) return 'not checked';
    return outside.suspended.has(symbol) ? 'suspended' : 'open';
  },
  limit: () => 'open',
};
