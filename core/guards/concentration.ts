import type { Guard, GuardContext } from './types.ts';

/** With fewer positions one of them is always a large share. */
const FROM_POSITIONS = 3;

/** The symbol's share in the exposure once the entry is made, a fraction; 0 with too few positions to tell. */
function share({ exposure, wish }: GuardContext): number {
  if (exposure.positions + 1 < FROM_POSITIONS) return 0;
  return wish.entryNotionalUsdt / (Number(exposure.totalUsdt) + wish.entryNotionalUsdt);
}

/** One symbol's share in all that is held. Protects from a portfolio that hangs on one coin. */
export const concentration: Guard = {
  code: 'CONCENTRATION',
  tier: 'portfolio',
  always: false,
  does: 'refuse',
  protectsFrom: 'a portfolio that hangs on one coin',
  key: 'guards.concentration.maxShare',
  passes(context) {
    const { maxShare } = context.settings.guards.concentration;
    return maxShare === null || share(context) <= maxShare;
  },
  value: share,
  limit: (context) => context.settings.guards.concentration.maxShare,
};
