import { z } from 'zod';
import type { PairClock } from '#core/engine/desk.ts';
import type { ControlState } from '#core/engine/state.ts';
import type { Market } from '#core/market/market.ts';
import { encodeMarket } from './market-text.ts';
import { type DeliveredTick, decodeTick, encodeTick } from './message.ts';

/** One line of a log of ticks: what was judged, on which state, by which clock. */
export interface JudgedLine {
  readonly symbol: string;
  readonly atMs: number;
  /** Of the symbol's state that it was judged on at last, before it committed anything. */
  readonly version: number;
  /** Whether anything came of it. */
  readonly committed: boolean;
  /** The symbol's last decision before was made on this tick or an older one. */
  readonly mayEnter: boolean;
  readonly readings: readonly number[];
  readonly control: ControlState;
  readonly tick: DeliveredTick | null;
  /** Of a pair that went on: its clock, and the book of then. */
  readonly clock: PairClock | null;
  readonly market: Market | null;
}

const lineShape = z.strictObject({
  v: z.literal(1),
  kind: z.literal('judged'),
  symbol: z.string(),
  atMs: z.number(),
  version: z.int(),
  committed: z.boolean(),
  mayEnter: z.boolean(),
  readings: z.array(z.number()),
  control: z.custom<ControlState>((value) => typeof value === 'object' && value !== null && 'version' in value),
  tick: z.string().nullable(),
  clock: z.strictObject({ symbol: z.string(), positionId: z.string(), version: z.int() }).nullable(),
  market: z.string().nullable(),
});

export function encodeJudged(line: JudgedLine): string {
  const { tick, market, symbol, atMs } = line;
  return JSON.stringify({
    v: 1,
    kind: 'judged',
    ...line,
    tick: tick === null ? null : encodeTick(tick.tick, { ...tick, crossingsWindowMs: Number.POSITIVE_INFINITY }),
    market: market === null ? null : encodeMarket(symbol, market, atMs),
  });
}

/** Null where the line is none of these, or one of a newer version. */
export function decodeJudged(text: string): JudgedLine | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const read = lineShape.safeParse(parsed);
  if (!read.success) return null;
  const { tick, market, v: _v, kind: _kind, ...rest } = read.data;
  const decoded = tick === null ? null : decodeTick(tick);
  const shown = market === null ? null : decodeTick(market);
  if (decoded?.ok === false || shown?.ok === false) return null;
  return { ...rest, tick: decoded?.value ?? null, market: shown?.value.tick.market ?? null };
}
