import { isHolding } from '../engine/control.ts';
import type { StandingGuard } from './types.ts';

/** What is held against what should be held. Protects from trading on a ledger that is wrong. */
export const reconcileMismatch: StandingGuard = {
  code: 'RECONCILE_MISMATCH',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'trading on a ledger that does not say what is really held',
  key: null,
  passes: ({ control, outside }) =>
    outside.mismatch === undefined ? !isHolding(control, 'RECONCILE_MISMATCH') : outside.mismatch === null,
  value: ({ outside }) => (outside.mismatch === undefined ? 'not checked' : (outside.mismatch ?? 'matches')),
  limit: () => 'matches',
  reason: (view) => view.outside.mismatch ?? 'all matches again',
};
