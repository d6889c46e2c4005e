import type { Guard } from './types.ts';

/** A venue warns of the coin or has stopped it. Protects from buying what is about to be delisted. */
export const venueWarning: Guard = {
  code: 'VENUE_WARNING',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'buying a coin that a venue warns of, halts or is about to delist',
  key: 'universe.filters.excludeWarnings',
  passes: ({ outside, settings, symbol }) => !settings.heedWarnings || !outside.warned.has(symbol),
  value: ({ outside, symbol }) => (outside.warned.has(symbol) ? 'warned' : 'none'),
  limit: (context) => (context.settings.heedWarnings ? 'none' : null),
};
