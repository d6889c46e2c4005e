import { firstTimeOf } from '#adapters/tape/reader.ts';
import {
  type SimulatorArguments,
  type SimulatorProcess,
  startSimulatorProcess,
} from '#adapters/venues/simulator-process.ts';
import type { Config } from '#core/config.ts';
import { coinOf } from '#core/market/symbol.ts';
import type { VenueId } from '#core/market/types.ts';
import { isWritten } from '#core/universe/select.ts';
import type { Log } from './log.ts';

export interface VenueAddress {
  readonly wsUrl: string;
  readonly restUrl: string;
}

export interface StartedVenues {
  readonly urls: Readonly<Record<VenueId, VenueAddress>>;
  /** The process that stands in for the venues; null where they are real, or whatever stands at their addresses. */
  readonly simulator: SimulatorProcess | null;
  /** `simulator`, `real` or `tape`: who the store belongs to. */
  readonly source: string;
}

/** Whom a store belongs to under this setting of `venues.source`. */
/** Whose store a configuration means. */
export function ownerOf({ mode, venues }: Pick<Config, 'mode' | 'venues'>) {
  return { mode, source: sourceOf(venues.source) };
}

export function sourceOf(venues: string): string {
  return venues.startsWith('tape:') ? 'tape' : venues;
}

/** So many coins the simulated market lists where the list is made from it, and beside a written list. */
const WHOLE_MARKET = 260;
const BESIDE_A_LIST = 60;

/** A written list's coins are there, as far as anybody knows them, and move the most; others can be changed to. */
function marketFor({ universe }: Config): SimulatorArguments {
  if (!isWritten(universe.mode)) return { symbols: WHOLE_MARKET };
  return { coins: universe.symbols.map(coinOf), knownOnly: true, symbols: BESIDE_A_LIST };
}

/**
 * Refuses a tape that is not there or cannot be read, before a store is made for it.
 *
 * @throws TwinlegError `TAPE_MISSING`, `TAPE_UNREADABLE`
 */
export async function requireTape(venues: string): Promise<void> {
  if (sourceOf(venues) === 'tape') await firstTimeOf(tapeOf(venues));
}

/** Tells what of a tape could not be played. */
export function tellTapeEnd({ leftOut, fault }: Awaited<SimulatorProcess['tapeEnd']>, log: Log): void {
  if (leftOut > 0) log('warn', 'tape', { message: `${leftOut} lines of the tape are no frames and were left out` });
  if (fault !== null) log('warn', 'tape', { message: `truncated: ${fault}; what could be read was played` });
}

function tapeOf(venues: string): string {
  return venues.slice('tape:'.length);
}

/** Makes the venues reachable: starts the simulator where it or a tape is asked for. */
export async function startVenues(
  config: Config,
  options: { readonly seed?: number | undefined; readonly speed?: number | undefined } = {},
): Promise<StartedVenues> {
  const { source: venues, binance, upbit } = config.venues;
  const source = sourceOf(venues);
  if (source === 'real') return { urls: { binance, upbit }, simulator: null, source };
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  if (source === 'simulator') {
    const simulator = await startSimulatorProcess({ ...seed, ...marketFor(config) });
    return { urls: simulator.venues, simulator, source };
  }
  await requireTape(venues);
  const simulator = await startSimulatorProcess({ ...seed, tape: tapeOf(venues), speed: options.speed ?? 1 });
  return { urls: simulator.venues, simulator, source };
}
