import type { Feed, FeedEvent } from '#adapters/venues/feed.ts';
import { createFeed } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import { byVenue, type VenueId } from '#core/market/types.ts';
import type { RunOptions } from './embedded.ts';
import type { Recording } from './recording.ts';
import type { RunTelemetry } from './telemetry.ts';

/** Under `freshness: liveness` a quiet book is only as good as the last pong, so pongs come this often, ms. */
const LIVENESS_PING_MS = 1000;
/** A venue whose books are quiet is known to be up by its pongs, ms. */
const PING_MS = 2000;
/** Otherwise a pong is only needed where nothing else was heard for this long, ms. */
const QUIET_MS = 1000;

interface FeedParts {
  readonly config: Config;
  readonly symbols: readonly string[];
  readonly urls: Readonly<Record<VenueId, { readonly wsUrl: string }>>;
  readonly now: () => number;
  readonly log: RunOptions['log'];
  readonly telemetry: Pick<RunTelemetry, 'feedEvent' | 'roundTrip'>;
  readonly recording: Recording | null;
  readonly intake: (venue: VenueId, frame: Uint8Array) => void;
  /** When a venue was last heard, ms. */
  readonly heardAtMs: (venue: VenueId) => number;
  /** A pong that counts as life. */
  readonly alive: (venue: VenueId, atMs: number) => void;
}

/** A feed's event in the log: a warning unless all is well again. */
export function tellFeedEvent({ kind, ...detail }: FeedEvent, log: RunOptions['log']): void {
  log(kind === 'connected' || kind === 'renewed' ? 'info' : 'warn', `feed_${kind}`, detail);
}

/** Both venues' feeds of one run: their frames go to the intake, their events to log, metrics and recording. */
export function createLiveFeeds(parts: FeedParts): Readonly<Record<VenueId, Feed>> {
  const { config, urls, now, log, telemetry, recording, intake } = parts;
  const liveness = config.strategy.freshness === 'liveness';

  function onEvent(venue: VenueId, event: FeedEvent): void {
    const { kind } = event;
    telemetry.feedEvent(venue, kind);
    tellFeedEvent(event, log);
    const recorded = kind === 'connected' || kind === 'disconnected' ? kind : 'feed';
    recording?.event({ kind: recorded, atMs: now(), venue, detail: JSON.stringify(event) });
  }

  const feed = (venue: VenueId) =>
    createFeed(venue, {
      wsUrl: urls[venue].wsUrl,
      symbols: parts.symbols,
      stream: config.venues.binance.stream,
      standby: config.venues[venue].standby,
      clock: now,
      random: Math.random,
      timing: { pingEveryMs: liveness ? LIVENESS_PING_MS : PING_MS },
      listener: {
        onFrame: (frame) => intake(venue, frame),
        onEvent: (event) => onEvent(venue, event),
        onAlive: (roundTripMs) => {
          telemetry.roundTrip(venue, roundTripMs);
          const atMs = now();
          if (!liveness && atMs - parts.heardAtMs(venue) < QUIET_MS) return;
          recording?.event({ kind: 'alive', atMs, venue });
          parts.alive(venue, atMs);
        },
      },
    });
  return byVenue(feed);
}
