import type { Guard, GuardContext } from './types.ts';

/** Milliseconds left of the pause. */
function leftMs({ losses, nowMs }: GuardContext): number {
  return losses.pausedUntilMs === null ? 0 : Math.max(0, losses.pausedUntilMs - nowMs);
}

/** A pause of the symbol after losses in a row. Protects from repeating what does not work on this coin. */
export const consecutiveLosses: Guard = {
  code: 'CONSECUTIVE_LOSSES',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'repeating on a coin what has just lost several times running',
  key: 'guards.consecutiveLosses.max',
  passes: (context) => context.settings.guards.consecutiveLosses.max === null || leftMs(context) === 0,
  value: leftMs,
  limit: () => 0,
};
