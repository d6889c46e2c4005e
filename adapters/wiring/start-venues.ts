import { existsSync } from 'node:fs';
import {
  type SimulatorArguments,
  type SimulatorProcess,
  startSimulatorProcess,
} from '#adapters/venues/simulator-process.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import { coinOf } from '#core/market/symbol.ts';
import type { VenueId } from '#core/market/types.ts';
import { isWritten } from '#core/universe/select.ts';

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
 * Refuses a tape that is not there, before a store is made for it.
 *
 * @throws TwinlegError `TAPE_MISSING`
 */
export function requireTape(venues: string): void {
  if (sourceOf(venues) !== 'tape' || existsSync(tapeOf(venues))) return;
  throw new TwinlegError('TAPE_MISSING', `no such tape: ${tapeOf(venues)}`, 'check the name after tape:');
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
  requireTape(venues);
  const simulator = await startSimulatorProcess({ ...seed, tape: tapeOf(venues), speed: options.speed ?? 1 });
  return { urls: simulator.venues, simulator, source };
}
