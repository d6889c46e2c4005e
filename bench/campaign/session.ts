import { type SimulatedVenues, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { Cli, cli } from '../../test/support/cli.ts';

/** The list is made from what the venues tell: their ten largest of thirty, by rank. */
const TOP_10 = ['universe.mode=TOP_N', 'universe.topN=10'];
const LISTED_COINS = 30;
/** Of all listed coins together, so that ten have 400. */
const FRAMES_PER_SECOND = 1200;
/** Grown the largest, and on no default list: a list that shows it was made from the venues' volumes. */
const GROWN = { kind: 'volume', symbol: 'ETC', volumeUsdt: 5e9 };

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Both venues in a process of their own while some work is done. */
export async function withVenues<T>(seed: number, work: (venues: SimulatedVenues) => Promise<T>): Promise<T> {
  const simulator = await startSimulatorProcess({ symbols: LISTED_COINS, rate: FRAMES_PER_SECOND, seed });
  try {
    await fault(simulator.venues, GROWN);
    return await work(simulator.venues);
  } finally {
    await simulator.stop();
  }
}

/** Options that make a command take these venues for the real ones, and their ten largest coins for its list. */
export function onVenues(venues: SimulatedVenues, sets: readonly string[] = []): string[] {
  const all = [
    'venues.source=real',
    ...(['binance', 'upbit'] as const).flatMap((venue) => [
      `venues.${venue}.wsUrl=${venues[venue].wsUrl}`,
      `venues.${venue}.restUrl=${venues[venue].restUrl}`,
    ]),
    ...TOP_10,
    ...sets,
  ];
  return all.flatMap((set) => ['--set', set]);
}

/** The real command line against these venues. */
export function startRun(venues: SimulatedVenues, data: string, sets: readonly string[], more: readonly string[] = []) {
  return new Cli(['run', '--data', data, '--port', '0', '--json', ...onVenues(venues, sets), ...more]);
}

/** What a command answers; its exit code has to be 0. */
export async function ask<T>(...args: string[]): Promise<T> {
  const answer = await cli(...args, '--json');
  if (answer.code !== 0) throw new Error(`${args.join(' ')} ended with ${answer.code}: ${answer.stderr}`);
  return answer.json<T>();
}

export async function fault(venues: SimulatedVenues, body: object): Promise<void> {
  const answer = await fetch(`${venues.controlUrl}/fault`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the simulator refused ${JSON.stringify(body)}: ${await answer.text()}`);
}
