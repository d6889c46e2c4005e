import fc from 'fast-check';

/** Shares of what can go wrong, 0 to 1. */
export interface Faults {
  readonly duplicate: number;
  readonly drop: number;
  readonly late: number;
  /** Of the awaits: at which the handler is killed. */
  readonly kill: number;
  /** Of the awaits: which fail, before or after they did their work. */
  readonly fail: number;
  /** Of the awaits: at which the handler stands still while others go on. */
  readonly stall: number;
  readonly orders: number;
  /** Of the ticks: after which another configuration is deployed. */
  readonly deploy: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly ticks: number;
  /** Handlers at work at once. */
  readonly concurrency: number;
  readonly faults: Faults;
  /** Beside what `faults` does, kills the handler at the n-th await of the whole schedule, or at the first of a kind. */
  readonly killAt?: number | string;
}

export interface ScheduleResult {
  readonly options: ScheduleOptions;
  readonly trades: number;
  readonly awaits: number;
  readonly killed: number;
  /** Awaits by what they are of: those that were met, and those at which a handler was killed. */
  readonly met: ReadonlySet<string>;
  readonly killedAt: ReadonlySet<string>;
}

/** Evenly drawn: small and large shares alike. */
const share = (max: number) => fc.integer({ min: 0, max: 1000 }).map((permille) => (permille / 1000) * max);

export const arbitrarySchedule: fc.Arbitrary<ScheduleOptions> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
  ticks: fc.integer({ min: 5, max: 40 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  faults: fc.record({
    duplicate: share(0.4),
    drop: share(0.2),
    late: share(0.3),
    kill: share(0.02),
    fail: share(0.02),
    stall: share(0.03),
    orders: share(0.15),
    deploy: share(0.1),
  }),
});

export function sumOf(results: readonly ScheduleResult[]) {
  const total = { schedules: results.length, trades: 0, awaits: 0, killed: 0 };
  const [met, killedAt] = [new Set<string>(), new Set<string>()];
  for (const result of results) {
    total.trades += result.trades;
    total.awaits += result.awaits;
    total.killed += result.killed;
    for (const at of result.met) met.add(at);
    for (const at of result.killedAt) killedAt.add(at);
  }
  return { ...total, kinds: met.size, spared: [...met].filter((at) => !killedAt.has(at)).sort() };
}
