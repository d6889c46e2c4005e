import { BinanceVenue } from './binance.ts';
import type { VenueFaults } from './faults.ts';
import type { MarketModel } from './model.ts';
import type { VenueServer } from './sockets.ts';
import { UpbitVenue } from './upbit.ts';

export const VENUE_NAMES = ['binance', 'upbit'] as const;
export type VenueName = (typeof VENUE_NAMES)[number];

/** One venue on a port of its own: its stream and its public REST. */
export interface SimulatedVenue {
  readonly faults: VenueFaults;
  readonly clients: { readonly size: number };
  readonly framesSent: number;
  readonly restCalls: number;
  readonly server: VenueServer;
  /** Somebody asked for something. */
  readonly subscribed: boolean;
  open(host: string, port: number): Promise<void>;
  /** Shows a coin's book to all who asked for it; `USDT` is the won rate, where the venue has it. */
  show(coin: string): void;
  /** Called each 100 ms, for what comes on a grid of its own. */
  showGrid?(): void;
  /** Sends a frame as it is. @returns false where the readers do not keep up */
  sendRaw(frame: string | Buffer): boolean;
  terminateAll(): void;
  /** Ends every connection as the venue does, with its notice where it gives one. */
  shutdown(graceMs: number | undefined): void;
}

export interface VenueOptions {
  readonly pingEveryMs?: number;
  readonly pongWithinMs?: number;
  readonly lifetimeMs?: number;
  readonly idleMs?: number;
}

/** Who is simulated on which leg: one line each. */
export function createVenues(model: MarketModel, options: VenueOptions): Record<VenueName, SimulatedVenue> {
  const { pingEveryMs = 20_000, pongWithinMs = 60_000, lifetimeMs = 86_400_000, idleMs = 120_000 } = options;
  return {
    binance: new BinanceVenue(model, { pingEveryMs, pongWithinMs, lifetimeMs }),
    upbit: new UpbitVenue(model, { idleMs, lifetimeMs }),
  };
}
