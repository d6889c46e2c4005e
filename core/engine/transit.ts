/** A tick that was under way for longer opens nothing, ms (SPEC §13). */
const ENTRY_TRANSIT_MS = 500;
/** … and closes nothing. */
export const EXIT_TRANSIT_MS = 2000;

/** Moments of one tick's way, ms, of whoever's clock they were read from. */
export interface TickTimes {
  readonly receivedAtMs: number;
  readonly sentAtMs: number;
  /** When the queue took it, by the queue's clock; null where it does not tell. */
  readonly queuedAtMs: number | null;
  /** When it is judged. */
  readonly nowMs: number;
}

/** What a tick may still decide. `late_entry` and `clock_ahead`: no entry; `late`: nothing at all. */
export type Transit = 'in_time' | 'late_entry' | 'late' | 'clock_ahead';

/**
 * Whether a tick is still news. Its way is measured by the sender's clock and by the queue's, whichever says longer; where
 * the sender's clock is ahead of this one by more than an entry may be late, nobody can say how old the tick is.
 */
export function transitOf({ receivedAtMs, sentAtMs, queuedAtMs, nowMs }: TickTimes): Transit {
  const transitMs = Math.max(nowMs - sentAtMs, queuedAtMs === null ? 0 : nowMs - queuedAtMs);
  if (transitMs > EXIT_TRANSIT_MS || sentAtMs - nowMs > EXIT_TRANSIT_MS) return 'late';
  if (sentAtMs - nowMs > ENTRY_TRANSIT_MS) return 'clock_ahead';
  return Math.max(transitMs, nowMs - receivedAtMs) > ENTRY_TRANSIT_MS ? 'late_entry' : 'in_time';
}
