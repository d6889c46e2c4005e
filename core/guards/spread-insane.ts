import type { Guard } from './types.ts';

/** A gap too wide to be true. Protects from suspended wallets, halved or frozen coins and other traps. */
export const spreadInsane: Guard = {
  code: 'SPREAD_INSANE',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'suspended wallets, halved or frozen coins and other traps',
  key: 'guards.spreadInsane.maxEdge',
  passes: ({ settings, wish }) => settings.limits.maxEdge === null || wish.grossEdge <= settings.limits.maxEdge,
  value: (context) => context.wish.grossEdge,
  limit: (context) => context.settings.limits.maxEdge,
};
