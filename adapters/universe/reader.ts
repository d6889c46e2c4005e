import type { Config } from '#core/config.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import type { VenueId } from '#core/market/types.ts';
import { coinFacts, type UniverseFacts } from '#core/universe/facts.ts';
import { findingsOf } from '#core/universe/filters.ts';
import { isWritten } from '#core/universe/select.ts';
import { deepenBinance, readBinance } from './binance.ts';
import { binanceBudget, upbitBudget } from './budgets.ts';
import type { VenueReading } from './reading.ts';
import { RestClient, RestError } from './rest-client.ts';
import { readUpbit, type UpbitReading, upbitRules } from './upbit.ts';

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

/** Reads both venues' REST at once; what one of them refuses is told, not thrown. */
export function createUniverseReader(
  urls: Readonly<Record<VenueId, { readonly restUrl: string }>>,
  signal?: AbortSignal,
): UniverseReader {
  const client = (venue: VenueId) =>
    new RestClient({
      venue,
      restUrl: urls[venue].restUrl,
      budget: venue === 'binance' ? binanceBudget() : upbitBudget(),
      signal,
    });
  const clients = { binance: client('binance'), upbit: client('upbit') };

  async function deepen(universe: Config['universe'], facts: UniverseFacts, binance: VenueReading): Promise<void> {
    const { minDepthUsdt } = universe.filters;
    if (minDepthUsdt === null) return;
    const names = isWritten(universe.mode) ? universe.symbols : [...binance.facts.keys()];
    const thin = names.filter((symbol) => {
      const coin = coinFacts(symbol, facts);
      const [first] = findingsOf(coin, universe.filters).filter(({ reason }) => reason !== 'tick');
      const best = binance.facts.get(symbol)?.depth ?? null;
      return coin.onUpbit && first?.reason === 'depth' && (best === null || best < minDepthUsdt);
    });
    await deepenBinance(clients.binance, binance.facts, thin);
  }

  return {
    async read(universe) {
      const written = isWritten(universe.mode);
      const [binance, upbit] = await Promise.allSettled([
        readBinance(clients.binance, !written),
        readUpbit(clients.upbit, written ? new Set(universe.symbols) : null, !written),
      ]);
      const failures: VenueFailure[] = [];
      for (const [venue, result] of [['binance', binance] as const, ['upbit', upbit] as const])
        if (result.status === 'rejected') failures.push(failureOf(venue, result.reason));
      let facts: UniverseFacts | null = null;
      if (binance.status === 'fulfilled' && upbit.status === 'fulfilled') {
        const { krwPerUsdt } = upbit.value;
        facts = { binance: binance.value.facts, upbit: upbit.value.facts, krwPerUsdt };
        try {
          await deepen(universe, facts, binance.value);
        } catch (error) {
          failures.push(failureOf('binance', error));
          facts = null;
        }
      }
      return {
        facts,
        failures,
        gaps: [...gapsOf(binance), ...gapsOf(upbit)],
        instrument: (symbol) => instrumentOf(symbol, readOf(binance), readOf(upbit)),
      };
    },
  };
}

function instrumentOf(
  symbol: string,
  binance: VenueReading | undefined,
  upbit: UpbitReading | undefined,
): Instrument | undefined {
  const fromBinance = binance?.rules.get(symbol) ?? builtInInstrument(symbol)?.binance;
  return fromBinance && { symbol, binance: fromBinance, upbit: upbit?.rules.get(symbol) ?? upbitRules() };
}

function failureOf(venue: VenueId, error: unknown): VenueFailure {
  if (!(error instanceof RestError)) throw error;
  return { venue, message: error.message, retryAtMs: error.retryAtMs };
}

function readOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined;
}

function gapsOf(result: PromiseSettledResult<VenueReading>): readonly string[] {
  return readOf(result)?.gaps ?? [];
}
