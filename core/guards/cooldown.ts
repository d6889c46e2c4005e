import type { Guard } from './types.ts';

/** Rest after a close; over from close + cooldown on, inclusive. Protects from churning in one disturbance. */
export const cooldown: Guard = {
  code: 'COOLDOWN',
  tier: 'symbol',
  always: true,
  passes: (context) => context.cooldownUntilMs === null || context.nowMs >= context.cooldownUntilMs,
  value: (context) => context.nowMs,
  limit: (context) => context.cooldownUntilMs,
};
