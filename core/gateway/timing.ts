import { EXIT_TRANSIT_MS } from '../engine/transit.ts';

/** How long a queue keeps a tick, ms: the shortest that SQS offers. */
export const TICK_RETENTION_MS = 60_000;
/** Longest that an invocation which took a tick may go on, ms: the time-out of `evaluate`. */
export const FUNCTION_TIMEOUT_MS = 15_000;
/** By so much the clocks of gateway and function may differ, ms. */
const CLOCK_MARGIN_MS = 1_000;

/** When what was sent has ended to act, and how often is sent where nothing happens; ms. */
export interface InterestTiming {
  /** A flat read this much later than the last tick that could make an entry clears `MAYBE_OPEN`. */
  readonly clearsAfterMs: number;
  /** This long a tick that was sent may still move its symbol: what a read shows before then is not final. */
  readonly settlesAfterMs: number;
  readonly heartbeatMs: number;
  readonly pulseMs: number;
}

export const INTEREST_TIMING: InterestTiming = {
  clearsAfterMs: TICK_RETENTION_MS + FUNCTION_TIMEOUT_MS,
  settlesAfterMs: EXIT_TRANSIT_MS + CLOCK_MARGIN_MS + FUNCTION_TIMEOUT_MS,
  heartbeatMs: 30_000,
  pulseMs: 1_000,
};
