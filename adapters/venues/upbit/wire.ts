import { z } from 'zod';

/**
 * What Upbit sends for `orderbook`, in both naming styles. Source: docs.upbit.com (WebSocket, orderbook) and captured
 * frames. Fields beyond these are allowed; those that are not used may be absent. A thin side is padded with zeros.
 */
export const orderbookSchema = z.object({
  code: z.string(),
  orderbook_units: z.array(
    z.object({ ask_price: z.number(), bid_price: z.number(), ask_size: z.number(), bid_size: z.number() }),
  ),
  /** Venue's time; ms, once seen in µs. */
  timestamp: z.number().optional(),
  total_ask_size: z.number().optional(),
  total_bid_size: z.number().optional(),
  stream_type: z.string().optional(),
  level: z.number().optional(),
});

/** The same, format SIMPLE. */
export const simpleOrderbookSchema = z.object({
  cd: z.string(),
  obu: z.array(z.object({ ap: z.number(), bp: z.number(), as: z.number(), bs: z.number() })),
  tms: z.number().optional(),
  tas: z.number().optional(),
  tbs: z.number().optional(),
  st: z.string().optional(),
  lv: z.number().optional(),
});

/** Starts with the first text `PING` of a connection, then comes every 10 s. */
export const statusSchema = z.object({ status: z.string() });

/** Followed by a close within 200 ms. `name` is one of INVALID_AUTH, WRONG_FORMAT, NO_TICKET, NO_TYPE, NO_CODES … */
export const errorSchema = z.object({
  error: z.object({ name: z.union([z.string(), z.number()]).optional(), message: z.string().optional() }),
});

/** The depth that a code was asked with; never seen in an answer, harmless if it comes. */
export const DEPTH_SUFFIX = /\.(?:1|5|15|30)$/;
