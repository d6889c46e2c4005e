import { type SimulatedVenues, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { Cli, cli } from '../../test/support/cli.ts';

/** The ten that are traded unless configured otherwise. */
export const TOP_10 = ['BTC', 'ETH', 'XRP', 'SOL', 'BCH', 'LINK', 'AVAX', 'AAVE', 'NEAR', 'TAO'];
export const FRAMES_PER_SECOND = 400;

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Both venues in a process of their own while some work is done. */
export async function withVenues<T>(seed: number, work: (venues: SimulatedVenues) => Promise<T>): Promise<T> {
  const simulator = await startSimulatorProcess({ coins: TOP_10, rate: FRAMES_PER_SECOND, seed });
  try {
    return await work(simulator.venues);
  } finally {
    await simulator.stop();
  }
}

/** The real command line against these venues, as if they were the real ones. */
export function startRun(venues: SimulatedVenues, data: string, sets: readonly string[], more: readonly string[] = []) {
  const all = [
    'venues.source=real',
    ...(['binance', 'upbit'] as const).flatMap((venue) => [
      `venues.${venue}.wsUrl=${venues[venue].wsUrl}`,
      `venues.${venue}.restUrl=${venues[venue].restUrl}`,
    ]),
    ...sets,
  ];
  const args = ['run', '--data', data, '--port', '0', '--json', ...all.flatMap((set) => ['--set', set]), ...more];
  return new Cli(args);
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
