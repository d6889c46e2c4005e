import { z } from 'zod';
import { MAX_LEVELS } from '#core/market/types.ts';

/** Version of the tick message; another one is not understood. */
export const TICK_VERSION = 1;

const atMs = z.number();
const symbol = z.string().regex(/^[A-Z0-9]{1,20}\/USDT$/);
const positive = z.number().positive();

/** Price and quantity of each level in turn, the best first: the highest bid, the lowest ask. */
const side = (better: 1 | -1) =>
  z
    .array(positive)
    .max(2 * MAX_LEVELS)
    .refine((values) => values.length % 2 === 0, { error: 'a price without its quantity' })
    .refine((values) => isOrdered(values, better), { error: 'levels are not ordered from best to worst' });

function isOrdered(values: readonly number[], better: 1 | -1): boolean {
  for (let i = 2; i < values.length; i += 2) if ((values[i]! - values[i - 2]!) * better > 0) return false;
  return true;
}

const book = z.strictObject({
  bid: side(1),
  ask: side(-1),
  receivedAtMs: atMs,
  changedAtMs: atMs,
  repeats: z.int().min(0),
});

/** What a tick message holds. Times are ms of the sender's clock; a value that is not known is null. */
export const tickShape = z.strictObject({
  v: z.literal(TICK_VERSION),
  kind: z.literal('tick'),
  symbol,
  epoch: z.int().min(0),
  seq: z.int().min(0),
  receivedAtMs: atMs,
  sentAtMs: atMs,
  /** Counts changes of the configuration; what the sender judged its interest by. */
  configEpoch: z.int().min(0),
  binance: book,
  upbit: book,
  fx: z.strictObject({ bid: z.number(), ask: z.number(), receivedAtMs: atMs }),
  liveness: z.strictObject({ binance: atMs, upbit: atMs }),
  features: z.strictObject({
    premium: z.number(),
    baseline: z.number(),
    volatility: z.number(),
    ticks: z.int().min(0),
    updatedAtMs: atMs,
  }),
  signals: z.strictObject({
    impliedRate: z.number().nullable(),
    fxMedian: z.number().nullable(),
    /** When other symbols crossed the entry threshold, by direction. */
    sellUpbitAtMs: z.array(atMs).max(2000),
    sellBinanceAtMs: z.array(atMs).max(2000),
  }),
  outside: z.strictObject({
    skewMs: z.number().nullable(),
    freeBytes: z.number().nullable(),
    /** False until the ledger was compared. */
    reconciled: z.boolean(),
    mismatch: z.string().nullable(),
    warned: z.boolean(),
    /** Null until wallets were asked for. */
    suspended: z.boolean().nullable(),
    sinceMs: atMs.nullable(),
    errorsInMinute: z.int().min(0),
  }),
});

export type TickBody = z.infer<typeof tickShape>;
