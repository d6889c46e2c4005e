import { z } from 'zod';

/**
 * What Binance Spot sends on a market data connection. Source: binance-spot-api-docs, web-socket-streams.md (2026-07).
 * Fields beyond these are allowed. Prices and quantities are decimal strings; there is no event time on these streams.
 */

/** `<symbol>@bookTicker`: the best bid and ask. */
export const bookTickerSchema = z.object({
  /** Order book update id. */
  u: z.number(),
  /** Instrument, upper case. */
  s: z.string(),
  b: z.string(),
  B: z.string(),
  a: z.string(),
  A: z.string(),
});

const levelSchema = z.tuple([z.string(), z.string()]);

/** `<symbol>@depth5|10|20[@100ms]`: the best levels. It names no instrument, so it is used in the combined form alone. */
export const partialDepthSchema = z.object({
  lastUpdateId: z.number(),
  bids: z.array(levelSchema),
  asks: z.array(levelSchema),
  s: z.string().optional(),
});

/** A frame of a `/stream` connection. */
export const combinedSchema = z.object({
  stream: z.string(),
  data: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
});

/** Answer to SUBSCRIBE, UNSUBSCRIBE (`null`), LIST_SUBSCRIPTIONS (names). */
export const acknowledgementSchema = z.object({
  result: z.union([z.null(), z.array(z.string()), z.boolean()]),
  id: z.union([z.number(), z.string(), z.null()]),
});

/** `{"code","msg"}` of the stream server, or `{"error":{"code","msg"}}`. */
export const errorSchema = z.union([
  z.object({ code: z.number(), msg: z.string() }),
  z.object({ error: z.record(z.string(), z.unknown()) }),
]);

/** The notice, ahead of a planned end of this connection, that comes unasked. */
export const SERVER_SHUTDOWN = 'serverShutdown';
export const SERVER_SHUTDOWN_STREAM = '!serverShutdown';

/** A decimal string: an unsigned JSON number. */
export const DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export const PARTIAL_DEPTH_STREAM = /^depth(?:5|10|20)(?:@100ms)?$/;
