import type { VenueReading } from '#adapters/universe/reading.ts';
import type { RestBudget, RestClient } from '#adapters/universe/rest-client.ts';
import type { VenueInstrument } from '#core/market/instrument.ts';
import type { FrameMapper } from '#core/market/mapping.ts';
import type { VenueFacts } from '#core/universe/facts.ts';
import type { FeedOptions, VenueProtocol } from './feed.ts';

/** All that is particular to a venue, in one folder: its wire, its connection and its public REST. */
export interface Venue {
  createMapper(symbols: readonly string[]): FrameMapper;
  protocol(options: FeedOptions): VenueProtocol;
  readonly rest: VenueRest;
}

/** What is read of a venue beside its stream. */
export interface VenueRest {
  budget(): RestBudget;
  /**
   * Reads listing and rules, last prices and volumes, books.
   *
   * @throws RestError
   */
  read(client: RestClient, asked: Asked): Promise<VenueReading>;
  /** Looks as deep as the stream shows, for symbols whose best level alone is too thin; left out where `read` does. */
  deepen?(client: RestClient, facts: Map<string, VenueFacts>, symbols: readonly string[]): Promise<void>;
  /** Lots, ticks and minimums of a symbol for which none were read; undefined where they cannot be known. */
  usualRules(symbol: string): VenueInstrument | undefined;
  /** A path that answers at once where the venue is well. */
  readonly probe: string;
  /** The venue's clock in the answer to `probe`, ms; left out where it tells none. */
  clockMs?(answer: unknown): number | undefined;
}

export interface Asked {
  /** Symbols whose books are needed; null: all. */
  readonly wanted: ReadonlySet<string> | null;
  /** Every part is needed; otherwise the listing alone is, and what else is missing is told in `gaps`. */
  readonly strict: boolean;
}
