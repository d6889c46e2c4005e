import { REGISTRY } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { byVenue, VENUES, type VenueId } from '#core/market/types.ts';
import { coinFacts, type UniverseFacts } from '#core/universe/facts.ts';
import { findingsOf } from '#core/universe/filters.ts';
import { isWritten } from '#core/universe/select.ts';
import type { VenueReading } from './reading.ts';
import { RestClient, RestError } from './rest-client.ts';

/** A venue that could not be read. */
export interface VenueFailure {
  readonly venue: VenueId;
  readonly message: string;
  /** Not to be asked again before, ms; null where nothing was said. */
  readonly retryAtMs: number | null;
}

export interface UniverseReading {
  /** Null where a venue could not be read. */
  readonly facts: UniverseFacts | null;
  readonly failures: readonly VenueFailure[];
  /** What else was not told, in words. */
  readonly gaps: readonly string[];
  /** Lots, ticks and minimums as read; the built-in table of large coins stands in for a venue that was not. */
  instrument(symbol: string): Instrument | undefined;
}

export interface UniverseReader {
  read(universe: Config['universe']): Promise<UniverseReading>;
}

type Readings = Record<VenueId, VenueReading | undefined>;

/** Reads both venues' REST at once; what one of them refuses is told, not thrown. */
export function createUniverseReader(
  urls: Readonly<Record<VenueId, { readonly restUrl: string }>>,
  signal?: AbortSignal,
): UniverseReader {
  const clients = byVenue((venue) => {
    return new RestClient({ restUrl: urls[venue].restUrl, budget: REGISTRY[venue].rest.budget(), signal });
  });

  /** Of coins that nothing but a thin book keeps out, the venue is asked for more levels. */
  async function deepen(venue: VenueId, universe: Config['universe'], readings: Readings): Promise<void> {
    const { minDepthUsdt } = universe.filters;
    const { rest } = REGISTRY[venue];
    const known = readings[venue]?.facts;
    const facts = factsOf(readings);
    if (minDepthUsdt === null || rest.deepen === undefined || known === undefined || facts === null) return;
    const names = isWritten(universe.mode) ? universe.symbols : [...known.keys()];
    const thin = names.filter((symbol) => {
      const coin = coinFacts(symbol, facts);
      const [first] = findingsOf(coin, universe.filters).filter(({ reason }) => reason !== 'tick');
      const best = known.get(symbol)?.depth ?? null;
      return coin.onUpbit && first?.reason === 'depth' && (best === null || best < minDepthUsdt);
    });
    await rest.deepen(clients[venue], known, thin);
  }

  async function read(universe: Config['universe']): Promise<UniverseReading> {
    const written = isWritten(universe.mode);
    const asked = { wanted: written ? new Set(universe.symbols) : null, strict: !written };
    const failures: VenueFailure[] = [];
    const readings: Readings = { binance: undefined, upbit: undefined };
    const attempt = async (venue: VenueId, work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        failures.push(failureOf(venue, error));
      }
    };
    await Promise.all(
      VENUES.map((venue) =>
        attempt(venue, async () => {
          readings[venue] = await REGISTRY[venue].rest.read(clients[venue], asked);
        }),
      ),
    );
    for (const venue of VENUES) await attempt(venue, () => deepen(venue, universe, readings));
    return {
      facts: failures.length === 0 ? factsOf(readings) : null,
      failures: VENUES.flatMap((venue) => failures.filter((failure) => failure.venue === venue)),
      gaps: VENUES.flatMap((venue) => readings[venue]?.gaps ?? []),
      instrument: (symbol) => instrumentOf(symbol, readings),
    };
  }
  return { read };
}

function factsOf({ binance, upbit }: Readings): UniverseFacts | null {
  if (binance === undefined || upbit === undefined) return null;
  return { binance: binance.facts, upbit: upbit.facts, krwPerUsdt: upbit.krwPerUsdt ?? null };
}

function instrumentOf(symbol: string, readings: Readings): Instrument | undefined {
  const { binance, upbit } = byVenue(
    (venue) => readings[venue]?.rules.get(symbol) ?? REGISTRY[venue].rest.usualRules(symbol),
  );
  return binance && upbit && { symbol, binance, upbit };
}

function failureOf(venue: VenueId, error: unknown): VenueFailure {
  if (!(error instanceof RestError)) throw error;
  return { venue, message: error.message, retryAtMs: error.retryAtMs };
}
