import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TwinlegError } from '#core/errors.ts';
import type { VenueId } from '#core/market/types.ts';

const MAIN = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

/** Where the simulated venues listen. */
export interface SimulatedVenues
  extends Readonly<Record<VenueId, { readonly wsUrl: string; readonly restUrl: string }>> {
  readonly controlUrl: string;
}

/** What became of a tape; `leftOut` counts its lines that are no frames. */
interface TapeEnd {
  readonly played: number;
  readonly leftOut: number;
  /** Why a gzip could not be read to its end; null where it could. */
  readonly fault: string | null;
}

export interface SimulatorProcess {
  readonly venues: SimulatedVenues;
  /** Resolves when a tape has been played to its end; never for the simulated market. */
  readonly tapeEnd: Promise<TapeEnd>;
  /** Resolves with a reason if the process ends by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface SimulatorArguments {
  readonly seed?: number;
  readonly coins?: readonly string[];
  readonly knownOnly?: boolean;
  readonly symbols?: number;
  readonly rate?: number;
  readonly tape?: string;
  readonly speed?: number;
}

/** Starts both simulated venues in a process of their own; it ends when this one does, however that ends. */
export async function startSimulatorProcess(options: SimulatorArguments): Promise<SimulatorProcess> {
  const args = ['--disable-warning=ExperimentalWarning', MAIN];
  if (options.seed !== undefined) args.push('--seed', String(options.seed));
  if (options.coins !== undefined) args.push('--coins', options.coins.join(','));
  if (options.knownOnly) args.push('--known-only');
  if (options.symbols !== undefined) args.push('--symbols', String(options.symbols));
  if (options.rate !== undefined) args.push('--rate', String(options.rate));
  if (options.tape !== undefined) args.push('--tape', options.tape);
  if (options.speed !== undefined) args.push('--speed', String(options.speed));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const exited = once(child, 'exit').then(
    ([code, signal]) => `the simulator ended (${signal ?? code}): ${errors.trim()}`,
  );
  const venues = await firstMessage(child, exited);
  const tapeEnd = new Promise<TapeEnd>((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'tapeEnd' in message) resolve(message.tapeEnd as TapeEnd);
    });
  });
  return {
    venues,
    tapeEnd,
    ended: exited,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function firstMessage(child: ChildProcess, exited: Promise<string>): Promise<SimulatedVenues> {
  const message = once(child, 'message').then(([value]) => value as SimulatedVenues);
  const first = await Promise.race([message, exited]);
  if (typeof first !== 'string') return first;
  throw new TwinlegError('SIMULATOR_FAILED', first, 'check the options of the run; a tape must exist and be readable');
}
