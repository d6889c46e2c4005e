import type { Guard } from './types.ts';

/** How many positions are held at once. Protects from more pairs than an operator can oversee. */
export const openPositions: Guard = {
  code: 'OPEN_POSITIONS',
  tier: 'portfolio',
  always: false,
  does: 'refuse',
  protectsFrom: 'more pairs than an operator can oversee',
  key: 'guards.openPositions.max',
  passes: ({ exposure, settings }) =>
    settings.limits.maxOpenPositions === null || exposure.positions < settings.limits.maxOpenPositions,
  value: (context) => context.exposure.positions,
  limit: (context) => context.settings.limits.maxOpenPositions,
};
