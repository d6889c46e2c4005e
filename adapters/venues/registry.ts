import { randomUUID } from 'node:crypto';
import type { FrameMapper } from '#core/market/mapping.ts';
import type { VenueId } from '#core/market/types.ts';
import { createBinanceMapper } from './binance/mapper.ts';
import { binanceProtocol } from './binance/protocol.ts';
import type { Feed, FeedOptions, VenueProtocol } from './feed.ts';
import { FeedKeeper } from './keeper.ts';
import { createUpbitMapper } from './upbit/mapper.ts';
import { upbitProtocol } from './upbit/protocol.ts';

interface Venue {
  createMapper(symbols: readonly string[]): FrameMapper;
  protocol(options: FeedOptions): VenueProtocol;
}

/** Every venue: its mapper and its protocol. */
const REGISTRY: Readonly<Record<VenueId, Venue>> = {
  binance: { createMapper: createBinanceMapper, protocol: binanceProtocol },
  upbit: { createMapper: createUpbitMapper, protocol: () => upbitProtocol(randomUUID) },
};

export function createMapper(venue: VenueId, symbols: readonly string[]): FrameMapper {
  return REGISTRY[venue].createMapper(symbols);
}

export function createFeed(venue: VenueId, options: FeedOptions): Feed {
  return new FeedKeeper(REGISTRY[venue].protocol(options), options);
}
