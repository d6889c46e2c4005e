import type { VenueId } from '../market/types.ts';
import { Rolling } from './rolling.ts';

const MINUTE = 60;
const HOUR = 3600;
/** The mean that is held against the limit is taken over so long, s. */
const LATENCY_SECONDS = 10;

interface VenueActivity {
  readonly breaks: Rolling;
  readonly malformed: Rolling;
}

/** What has happened lately, as far as alerts are judged by it. */
export class Activity {
  readonly venues: Readonly<Record<VenueId, VenueActivity>> = {
    binance: { breaks: new Rolling(MINUTE), malformed: new Rolling(MINUTE) },
    upbit: { breaks: new Rolling(MINUTE), malformed: new Rolling(MINUTE) },
  };
  readonly refusals = new Rolling(HOUR);
  readonly entries = new Rolling(HOUR);
  lastCloseMs: number | null = null;
  readonly #frames = new Rolling(LATENCY_SECONDS);
  readonly #frameMs = new Rolling(LATENCY_SECONDS);
  readonly #beats = new Rolling(LATENCY_SECONDS);
  readonly #lateMs = new Rolling(LATENCY_SECONDS);

  frame(nowMs: number, tookMs: number): void {
    this.#frames.add(nowMs);
    this.#frameMs.add(nowMs, tookMs);
  }

  /** The loop came round so much later than it was asked to: what waited for it waited as long. */
  beat(nowMs: number, lateMs: number): void {
    this.#beats.add(nowMs);
    this.#lateMs.add(nowMs, lateMs);
  }

  /** Mean time that a frame had to wait and took, ms. */
  latencyMs(nowMs: number): number {
    const mean = (sum: Rolling, count: Rolling) => sum.sum(nowMs) / Math.max(1, count.sum(nowMs));
    return mean(this.#frameMs, this.#frames) + mean(this.#lateMs, this.#beats);
  }
}
