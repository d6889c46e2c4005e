import type { Guard, GuardContext } from './types.ts';

function leftMs({ cooldownUntilMs, nowMs }: GuardContext): number {
  return cooldownUntilMs === null ? 0 : Math.max(0, cooldownUntilMs - nowMs);
}

/** Milliseconds left of the rest after a close, inclusive of its last moment. Protects from chasing one's own trade. */
export const cooldown: Guard = {
  code: 'COOLDOWN',
  tier: 'symbol',
  always: true,
  does: 'refuse',
  protectsFrom: 'chasing one’s own trade before the market has settled',
  key: 'strategy.cooldownSeconds',
  passes: (context) => leftMs(context) === 0,
  value: leftMs,
  limit: () => 0,
};
