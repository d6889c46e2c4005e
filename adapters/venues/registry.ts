import type { FrameMapper } from '#core/market/mapping.ts';
import type { VenueId } from '#core/market/types.ts';
import { binance } from './binance/venue.ts';
import type { Feed, FeedOptions } from './feed.ts';
import { FeedKeeper } from './keeper.ts';
import { upbit } from './upbit/venue.ts';
import type { Venue } from './venue.ts';

/** Who stands on which leg: one line each. A replacement takes over the leg's name in configuration, ledger and tapes. */
export const REGISTRY: Readonly<Record<VenueId, Venue>> = { binance, upbit };

export function createMapper(venue: VenueId, symbols: readonly string[]): FrameMapper {
  return REGISTRY[venue].createMapper(symbols);
}

export function createFeed(venue: VenueId, options: FeedOptions): Feed {
  return new FeedKeeper(venue, REGISTRY[venue].protocol(options), options);
}
