import { isHolding } from '../engine/control.ts';
import type { StandingGuard } from './types.ts';

/** Free space beside the store. Protects from a ledger that cannot be written while positions are open. */
export const diskFull: StandingGuard = {
  code: 'DISK_FULL',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'a ledger that can no longer be written while positions are open',
  key: 'store.minFreeBytes',
  passes: ({ control, outside, settings }) =>
    outside.freeBytes === null ? !isHolding(control, 'DISK_FULL') : outside.freeBytes >= settings.minFreeBytes,
  value: (view) => view.outside.freeBytes,
  limit: (view) => view.settings.minFreeBytes,
  reason: (view) =>
    `${view.outside.freeBytes} bytes are free for the store, the limit is ${view.settings.minFreeBytes}`,
};
