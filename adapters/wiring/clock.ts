import type { RunOptions } from './embedded.ts';

/** A wall clock that differs by more than this from the engine's has jumped, ms. */
const JUMP_MS = 1000;

/** The engine's clock: whole ms since the epoch, never stepping back, whatever the system's clock does. */
export interface RunClock {
  now(): number;
  /**
   * Compares with the system's clock. A forward jump (or a sleep) is followed; a step back is not.
   *
   * @returns by how much the system's clock jumped since the last check, ms; 0 where it did not
   */
  check(): number;
}

/**
 * @param earliestMs the clock does not begin before this: the last moment of the run before
 */
export function createRunClock(
  earliestMs: number,
  wallMs: () => number = Date.now,
  steadyMs: () => number = () => performance.now(),
): RunClock {
  let base = Math.max(wallMs(), earliestMs) - steadyMs();
  let offset = wallMs() - (base + steadyMs());
  const now = () => Math.floor(base + steadyMs());
  return {
    now,
    check() {
      const drift = wallMs() - (base + steadyMs()) - offset;
      if (Math.abs(drift) < JUMP_MS) return 0;
      // Only as far as the wall clock is ahead of the engine's own: what a step back took is given back first.
      const ahead = drift + offset;
      if (ahead > 0) base += ahead;
      offset = wallMs() - (base + steadyMs());
      return Math.round(drift);
    },
  };
}

/** Tells of a jump of the system's clock; 0 is none. */
export function tellJump(jumpMs: number, log: RunOptions['log']): void {
  if (jumpMs === 0) return;
  const done = jumpMs > 0 ? 'the run goes on from the new time' : 'the run’s own time goes on as before';
  const message = `the system's clock jumped by ${jumpMs} ms; ${done}. Check the time service.`;
  log('warn', 'clock_jump', { jumpMs, message });
}
