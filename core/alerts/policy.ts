import type { Severity } from './types.ts';

const MINUTE_MS = 60_000;

/** An alert that lasts is told again after so long; an event that comes again within it is counted, not told, ms. */
export const TELL_AGAIN_MS: Readonly<Record<Severity, number>> = {
  P0: 5 * MINUTE_MS,
  P1: 30 * MINUTE_MS,
  P2: 240 * MINUTE_MS,
  P3: 1440 * MINUTE_MS,
};
