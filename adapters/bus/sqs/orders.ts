import { z } from 'zod';
import type { HostOrders } from '#core/ports/venue.ts';
import { type Decoded, decodeBody } from './body.ts';
import { encodeMarket } from './market-text.ts';
import { decodeTick } from './message.ts';

/** Version of the orders' message; another one is not understood. */
const ORDERS_VERSION = 1;

const positive = z.string().regex(/^\d+(\.\d+)?$/);
const orderShape = z.strictObject({
  id: z.string().min(1).max(36),
  positionId: z.string().min(1).max(36),
  symbol: z.string().regex(/^[A-Z0-9]{1,20}\/USDT$/),
  venue: z.enum(['binance', 'upbit']),
  side: z.enum(['buy', 'sell']),
  quantity: positive,
  limitPrice: positive,
  decidedPrice: positive,
  purpose: z.enum(['entry', 'exit', 'chase', 'unwind']),
  status: z.enum(['planned', 'sent', 'unknown', 'done']),
  sentAtMs: z.number(),
});
const ordersShape = z
  .strictObject({
    v: z.literal(ORDERS_VERSION),
    kind: z.literal('orders'),
    how: z.enum(['place', 'query']),
    orders: z.array(orderShape).min(1).max(10),
    sentAtMs: z.number(),
    market: z.string().nullable(),
  })
  .refine(({ orders }) => orders.every(({ symbol }) => symbol === orders[0]?.symbol), {
    error: 'orders of one symbol',
  });

export function encodeOrders({ symbol, market, how, orders, sentAtMs }: HostOrders): string {
  const book = market === null ? null : encodeMarket(symbol, market, sentAtMs);
  return JSON.stringify({ v: ORDERS_VERSION, kind: 'orders', how, orders, sentAtMs, market: book });
}

export function decodeOrders(text: string): Decoded<HostOrders> {
  const read = decodeBody(text, 'orders', ORDERS_VERSION, ordersShape);
  if (!read.ok) return read;
  const { how, orders, sentAtMs, market } = read.value;
  const book = market === null ? null : decodeTick(market);
  if (book?.ok === false) return book;
  return {
    ok: true,
    value: { symbol: orders[0]!.symbol, how, orders, sentAtMs, market: book?.value.tick.market ?? null },
  };
}
