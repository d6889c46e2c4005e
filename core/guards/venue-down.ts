import { VENUES, type VenueId } from '../market/types.ts';
import type { GlobalView, StandingGuard } from './types.ts';

function silentMs({ liveness, outside, nowMs }: GlobalView, venue: VenueId): number {
  const heardAtMs = liveness[venue] >= 0 ? liveness[venue] : (outside.sinceMs ?? nowMs);
  return nowMs - heardAtMs;
}

function longestMs(view: GlobalView): number {
  return Math.max(silentMs(view, 'binance'), silentMs(view, 'upbit'));
}

/** Nothing heard from a venue, neither frame nor pong. Protects from opening what could not be closed there. */
export const venueDown: StandingGuard = {
  code: 'VENUE_DOWN',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'opening a position that could not be closed on a venue that does not answer',
  key: 'guards.venueDown.afterMs',
  passes(view) {
    const { afterMs } = view.settings.guards.venueDown;
    return afterMs === null || longestMs(view) <= afterMs;
  },
  value: longestMs,
  limit: (view) => view.settings.guards.venueDown.afterMs,
  reason(view) {
    const { afterMs } = view.settings.guards.venueDown;
    const silent = VENUES.filter((venue) => afterMs !== null && silentMs(view, venue) > afterMs);
    return `nothing heard from ${silent.join(' and ')} for ${longestMs(view)} ms, the limit is ${afterMs}`;
  },
};
