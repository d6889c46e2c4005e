import type { StandingGuard } from './types.ts';

/** Errors of the last minute. Protects from trading on while the program or its store keeps failing. */
export const errorRate: StandingGuard = {
  code: 'ERROR_RATE',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'trading on while the program or its store keeps failing; malformed frames do not count',
  key: 'guards.errorRate.maxPerMinute',
  passes({ outside, settings }) {
    const { maxPerMinute } = settings.guards.errorRate;
    return maxPerMinute === null || outside.errorsInMinute <= maxPerMinute;
  },
  value: (view) => view.outside.errorsInMinute,
  limit: (view) => view.settings.guards.errorRate.maxPerMinute,
  reason: (view) =>
    `${view.outside.errorsInMinute} errors within a minute, the limit is ${view.settings.guards.errorRate.maxPerMinute}`,
};
