import type { SimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { TwinlegError } from '#core/errors.ts';
import { aborted } from './aborted.ts';

/** The first reason to stop: the operator's signal, the duration, the tape's end. A simulator that ends is a failure. */
export function firstReasonToStop(
  signal: AbortSignal,
  durationSeconds: number | undefined,
  simulator: SimulatorProcess | null,
  timers: NodeJS.Timeout[],
): Promise<string> {
  const reasons: Promise<string>[] = [aborted(signal)];
  if (durationSeconds !== undefined) {
    reasons.push(new Promise((resolve) => timers.push(setTimeout(() => resolve('duration'), durationSeconds * 1000))));
  }
  if (simulator !== null) {
    reasons.push(simulator.tapeEnd.then(() => 'tape end'));
    const ended = simulator.ended.then((why) => {
      throw new TwinlegError('SIMULATOR_FAILED', why, 'start again; open positions are kept');
    });
    reasons.push(ended);
  }
  return Promise.race(reasons);
}
