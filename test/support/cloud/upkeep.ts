import type { Upkeep } from '#adapters/wiring/upkeep.ts';

/** Figures and snapshots are not what is looked at. */
export const NO_UPKEEP: Upkeep = {
  rollUp: async () => 0,
  snapshot: async () => ({ outcome: 'no bucket', detail: '' }),
};
