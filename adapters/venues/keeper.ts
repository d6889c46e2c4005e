import type { VenueId } from '#core/market/types.ts';
import { backoffMs, DialLimit } from './backoff.ts';
import { Connection, type ConnectionHandlers } from './connection.ts';
import {
  DEFAULT_TIMING,
  type Feed,
  type FeedEvent,
  type FeedOptions,
  type FeedState,
  type FeedTiming,
  type VenueProtocol,
} from './feed.ts';

/** A connection that lasted this long was a good one: the next dial is the first attempt again, ms. */
const GOOD_AFTER_MS = 5000;
/** A connection that is lost before it was a good one is dialled again as this attempt at most. */
const PROMOTED_ATTEMPT = 1;
/** A silence after so long a time of data says nothing of the ones before, ms. */
const PATIENCE_RESET_MS = 60_000;
const MAX_PATIENCE = 32;

/**
 * Keeps one venue's quotes coming: an active connection whose frames are delivered, and where asked for or needed a
 * second one, which takes over as soon as it brings data. Renewal, shutdown notice and standby are this one mechanism.
 */
export class FeedKeeper implements Feed {
  readonly #venue: VenueId;
  readonly #protocol: VenueProtocol;
  readonly #options: FeedOptions;
  readonly #timing: FeedTiming;
  readonly #handlers: ConnectionHandlers;
  readonly #dials: DialLimit;
  #symbols: readonly string[];
  #active: Connection | null = null;
  #next: Connection | null = null;
  /** The next connection takes over as soon as it is ready. */
  #replacing = false;
  #attempt = 0;
  /** Grows with each silence in a row, so that a venue that is merely quiet is not dialled for ever. */
  #patience = 1;
  #reconnects = 0;
  #dialTimer: NodeJS.Timeout | null = null;
  #symbolTimer: NodeJS.Timeout | null = null;
  #unheard: Set<string> = new Set();
  #stopped = true;

  constructor(venue: VenueId, protocol: VenueProtocol, options: FeedOptions) {
    this.#venue = venue;
    this.#protocol = protocol;
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#dials = new DialLimit(protocol.dialLimit);
    this.#symbols = options.symbols;
    this.#handlers = {
      opened: () => {},
      ready: (connection) => this.#ready(connection),
      frame: (connection, frame, kind) => this.#frame(connection, frame, kind),
      alive: (connection, roundTripMs) => {
        if (connection === this.#active) options.listener.onAlive(roundTripMs);
      },
      silent: (connection, forMs) => this.#silent(connection, forMs),
      aged: (connection) => {
        if (connection === this.#active) this.#replace('renewal');
        else this.#drop(connection, 'renewal');
      },
      ended: (connection, reason) => this.#ended(connection, reason),
    };
  }

  start(): void {
    this.#stopped = false;
    this.#dial();
    this.#listenForAll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#dialTimer !== null) clearTimeout(this.#dialTimer);
    if (this.#symbolTimer !== null) clearTimeout(this.#symbolTimer);
    this.#active?.close();
    this.#next?.close();
    this.#active = this.#next = this.#dialTimer = this.#symbolTimer = null;
  }

  setSymbols(symbols: readonly string[]): void {
    this.#symbols = symbols;
    this.#active?.setSymbols(symbols);
    this.#next?.setSymbols(symbols);
    this.#listenForAll();
  }

  state(): FeedState {
    const lastMs = this.#active?.lastFrameMs ?? -1;
    return {
      connected: this.#active?.isReady ?? false,
      lastFrameAgeMs: lastMs < 0 ? null : this.#options.clock() - lastMs,
      reconnects: this.#reconnects,
      standbyReady: this.#next?.isReady ?? false,
    };
  }

  /** Opens a connection as the next one, now or as soon as backoff and the venue's dial limit allow. */
  #dial(): void {
    if (this.#stopped || this.#next !== null || this.#dialTimer !== null) return;
    this.#dialTimer = setTimeout(() => {
      this.#dialTimer = null;
      if (this.#stopped || this.#next !== null) return;
      this.#dials.dialled(this.#options.clock());
      const { clock } = this.#options;
      const url = this.#protocol.url(this.#options.wsUrl, this.#symbols);
      const options = {
        protocol: this.#protocol,
        url,
        symbols: this.#symbols,
        clock,
        timing: this.#timing,
        patience: this.#patience,
      };
      this.#next = new Connection(options, this.#handlers);
    }, this.#waitMs());
  }

  #waitMs(): number {
    const { random, clock } = this.#options;
    return Math.max(backoffMs(this.#attempt++, this.#timing, random()), this.#dials.waitMs(clock()));
  }

  #ready(connection: Connection): void {
    if (connection !== this.#next) return;
    if (this.#active === null || this.#replacing) this.#promote();
    // A standby connection is one more to have, and one more to keep.
    if (this.#options.standby) this.#dial();
  }

  /** The next connection becomes the active one; the one before is closed after it. */
  #promote(): void {
    const before = this.#active;
    this.#active = this.#next;
    this.#next = null;
    const renewed = this.#replacing && before !== null;
    this.#replacing = false;
    // Data came, so the way is free; that it stays free is only known later.
    this.#attempt = Math.min(this.#attempt, PROMOTED_ATTEMPT);
    before?.close();
    this.#tell(renewed ? 'renewed' : 'connected');
    if (this.#options.standby) this.#dial();
  }

  #replace(reason: string): void {
    this.#replacing = true;
    if (this.#next?.isReady) this.#promote();
    else {
      this.#attempt = 0;
      this.#dial();
    }
    if (reason === 'shutdown') this.#tell('shutdownNotice');
  }

  #frame(connection: Connection, frame: Buffer, kind: ReturnType<VenueProtocol['classify']>): void {
    if (connection !== this.#active) return;
    this.#options.listener.onFrame(frame);
    if (kind === 'data') {
      if (this.#unheard.size > 0) this.#unheard.delete(this.#protocol.instrumentOf(frame) ?? '');
    } else if (kind === 'shutdown') this.#replace('shutdown');
    else if (kind === 'error') this.#tell('venueError', frame.toString('utf8').slice(0, 300));
  }

  #silent(connection: Connection, forMs: number): void {
    if (connection === this.#active) {
      this.#patience = connection.ageMs > PATIENCE_RESET_MS ? 2 : Math.min(this.#patience * 2, MAX_PATIENCE);
      this.#tell('stale', `no data for ${forMs} ms`);
    }
    this.#drop(connection, `silent for ${forMs} ms`);
  }

  /** Gives a connection up of our own accord. */
  #drop(connection: Connection, reason: string): void {
    connection.close();
    this.#ended(connection, reason);
  }

  #ended(connection: Connection, reason: string): void {
    if (this.#stopped) return;
    if (connection.ageMs > GOOD_AFTER_MS) this.#attempt = 0;
    if (connection === this.#next) {
      this.#next = null;
      if (!connection.isReady && this.#active === null) this.#tell('dialFailed', reason, this.#attempt);
      if (this.#active === null || this.#replacing || this.#options.standby) this.#dial();
      return;
    }
    if (connection !== this.#active) return;
    this.#active = null;
    this.#reconnects++;
    this.#tell('disconnected', reason);
    if (this.#next?.isReady) this.#promote();
    else this.#dial();
  }

  /** Reports, once each, the symbols that stay silent while the venue talks: unknown codes get no other answer. */
  #listenForAll(): void {
    this.#unheard = new Set(this.#protocol.instruments(this.#symbols));
    if (this.#symbolTimer !== null) clearTimeout(this.#symbolTimer);
    this.#symbolTimer = setTimeout(() => {
      if (!(this.#active?.isReady ?? false)) {
        this.#listenForAll();
        return;
      }
      for (const name of this.#unheard) this.#tell('silentSymbol', name);
      this.#unheard.clear();
    }, this.#timing.symbolSilenceMs);
    this.#symbolTimer.unref();
  }

  #tell(kind: FeedEvent['kind'], reason?: string, attempt?: number): void {
    this.#options.listener.onEvent({
      kind,
      venue: this.#venue,
      ...(reason === undefined ? {} : { reason }),
      ...(attempt === undefined ? {} : { attempt }),
    });
  }
}
