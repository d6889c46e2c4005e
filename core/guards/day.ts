const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Number of the trading day of a moment: days since the epoch, each beginning at `rolloverHour` UTC. */
export function dayOf(atMs: number, rolloverHour: number): number {
  return Math.floor((atMs - rolloverHour * HOUR_MS) / DAY_MS);
}
