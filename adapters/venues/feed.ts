import type { VenueId } from '#core/market/types.ts';
import type { FEED_EVENTS } from '#core/metrics/labels.ts';

/** What a venue's protocol asks of whoever keeps a connection to it. */
export interface VenueProtocol {
  /** Most dials in a window, with some room below the venue's own limit. */
  readonly dialLimit: { readonly most: number; readonly windowMs: number };
  /** Where to dial for these symbols; what the address does not carry is asked for by `greet`. */
  url(base: string, symbols: readonly string[]): string;
  /** Messages to send once connected, to be spaced by `messageGapMs`. */
  greet(symbols: readonly string[]): readonly string[];
  /** Messages that change a connection's symbols without a gap for those that stay. */
  change(before: readonly string[], after: readonly string[]): readonly string[];
  readonly messageGapMs: number;
  /** A text to keep the connection from being taken for idle, or null where pings do. */
  readonly keepAlive: { readonly text: string; readonly everyMs: number } | null;
  /** What a frame is, told from its first bytes alone. */
  classify(frame: Buffer): 'data' | 'control' | 'shutdown' | 'error';
  /** The name under which a data frame's instrument was asked for; undefined where it cannot be told. */
  instrumentOf(frame: Buffer): string | undefined;
  /** The names that will be heard of for these symbols. */
  instruments(symbols: readonly string[]): readonly string[];
}

export interface FeedEvent {
  readonly kind: (typeof FEED_EVENTS)[number];
  readonly venue: VenueId;
  readonly reason?: string;
  readonly attempt?: number;
}

export interface FeedListener {
  /** Every message of the active connection, as received, during the socket's own event. */
  onFrame(frame: Buffer): void;
  onEvent(event: FeedEvent): void;
  /** The active connection showed life: a pong, so long after its ping. */
  onAlive(roundTripMs: number): void;
}

export interface FeedOptions {
  readonly wsUrl: string;
  readonly symbols: readonly string[];
  /** Binance: best prices, or five levels each 100 ms. */
  readonly stream: 'bookTicker' | 'depth5';
  /** Keep a second connection warm. */
  readonly standby: boolean;
  /** Whole ms, never stepping back. */
  readonly clock: () => number;
  readonly random: () => number;
  readonly listener: FeedListener;
  readonly timing?: Partial<FeedTiming>;
}

/** All of a feed's times, ms. */
export interface FeedTiming {
  /** A connection older than this is renewed: both venues, or what lies between, end them after a day. */
  readonly renewAfterMs: number;
  readonly pingEveryMs: number;
  readonly handshakeMs: number;
  /** A new connection that brings no data for this long is given up. */
  readonly firstDataMs: number;
  /** Bounds of the silence after which a connection is taken for dead; between them it follows the usual gap. */
  readonly minSilenceMs: number;
  readonly maxSilenceMs: number;
  /** A symbol that was asked for and not heard of for this long is reported. */
  readonly symbolSilenceMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

export const DEFAULT_TIMING: FeedTiming = {
  renewAfterMs: (23 * 60 + 50) * 60_000,
  pingEveryMs: 5000,
  handshakeMs: 5000,
  firstDataMs: 5000,
  minSilenceMs: 1000,
  maxSilenceMs: 30_000,
  symbolSilenceMs: 15_000,
  backoffBaseMs: 250,
  backoffCapMs: 30_000,
};

export interface FeedState {
  readonly connected: boolean;
  /** Age of the last message of the active connection, ms; null before the first. */
  readonly lastFrameAgeMs: number | null;
  readonly reconnects: number;
  readonly standbyReady: boolean;
}

/** Keeps a venue's quotes coming, whatever its connections do. */
export interface Feed {
  start(): void;
  stop(): Promise<void>;
  setSymbols(symbols: readonly string[]): void;
  state(): FeedState;
}
