import { isHolding } from '../engine/control.ts';
import type { GlobalView, StandingGuard } from './types.ts';

/** Difference of this machine's clock from the venue's, ms; null until it was measured, as on a tape. */
function skewMs({ outside }: GlobalView): number | null {
  return outside.skewMs === null ? null : Math.abs(outside.skewMs);
}

/** This machine's clock against the venue's. Protects from orders that the venue takes for old, and from wrong days. */
export const clockSkew: StandingGuard = {
  code: 'CLOCK_SKEW',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'orders that a venue takes for old, and records whose times are wrong; not measured on a tape',
  key: 'guards.clockSkew.maxMs',
  passes(view) {
    const { maxMs } = view.settings.guards.clockSkew;
    const skew = skewMs(view);
    if (maxMs === null) return true;
    if (skew === null) return !isHolding(view.control, 'CLOCK_SKEW');
    return skew <= maxMs;
  },
  value: skewMs,
  limit: (view) => view.settings.guards.clockSkew.maxMs,
  reason: (view) =>
    `the clock differs from the venue's by ${skewMs(view)} ms, the limit is ${view.settings.guards.clockSkew.maxMs}`,
};
