import type { Feed, FeedEvent, FeedOptions, FeedTiming } from '#adapters/venues/feed.ts';
import { createFeed, createMapper } from '#adapters/venues/registry.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { emptySide, type VenueId } from '#core/market/types.ts';
import { until } from './until.ts';

/** A feed on a venue's address, with all that came of it. */
export interface WatchedFeed {
  readonly feed: Feed;
  readonly events: FeedEvent[];
  /** Results of the mapper, one a frame: a symbol's index, or a code below zero. */
  readonly results: number[];
  quotes(): number;
  sawEvent(kind: FeedEvent['kind'], withinMs?: number): Promise<number>;
  /** Waits for one more quote than there are now. */
  quotedAgain(withinMs?: number): Promise<number>;
}

export function watchFeed(
  venue: VenueId,
  wsUrl: string,
  symbols: readonly string[],
  options: Partial<Pick<FeedOptions, 'standby' | 'stream'>> & { timing?: Partial<FeedTiming> } = {},
): WatchedFeed {
  const events: FeedEvent[] = [];
  const results: number[] = [];
  let quoteCount = 0;
  const mapper = createMapper(venue, symbols);
  const update = { bid: emptySide(), ask: emptySide() };
  const feed = createFeed(venue, {
    wsUrl,
    symbols,
    stream: options.stream ?? 'bookTicker',
    standby: options.standby ?? false,
    clock: () => Math.floor(performance.timeOrigin + performance.now()),
    random: Math.random,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
    listener: {
      onFrame(frame) {
        const result = mapper.map(frame, 0, frame.length, update);
        results.push(result);
        if (result >= FX_QUOTE) quoteCount++;
      },
      onEvent: (event) => events.push(event),
      onAlive() {},
    },
  });
  feed.start();
  return {
    feed,
    events,
    results,
    quotes: () => quoteCount,
    sawEvent: (kind, withinMs) =>
      until(`${venue} tells ${kind}`, () => events.some((event) => event.kind === kind), withinMs),
    quotedAgain(withinMs) {
      const before = quoteCount;
      return until(`${venue} quotes again`, () => quoteCount > before, withinMs);
    },
  };
}
