import { decimal } from '../market/money.ts';

/** How long an entry counts for `tradesPerMinute`, ms. */
export const MINUTE_MS = 60_000;

/** What all symbols' closed positions came to, as far as the guards ask. Stored; changed with each commit it belongs to. */
export interface Tally {
  /** Trading day that `dayPnlUsdt` belongs to (see `dayOf`); on any other day it counts as 0. */
  readonly day: number;
  readonly dayPnlUsdt: string;
  /** Sum over all closed positions, and its highest value so far; the start, 0, counts. */
  readonly pnlUsdt: string;
  readonly peakUsdt: string;
  /** Times of the entries decided within the minute before the last one. */
  readonly entriesAtMs: readonly number[];
}

export const NO_TALLY: Tally = { day: 0, dayPnlUsdt: '0', pnlUsdt: '0', peakUsdt: '0', entriesAtMs: [] };

/** What a commit adds: a decided entry, or a closed position's counted PnL. */
export type TallyChange =
  | { readonly kind: 'entry'; readonly atMs: number }
  | { readonly kind: 'result'; readonly day: number; readonly pnlUsdt: string };

export function changeTally(tally: Tally, change: TallyChange): Tally {
  if (change.kind === 'entry') {
    const recent = tally.entriesAtMs.filter((atMs) => change.atMs - atMs < MINUTE_MS);
    return { ...tally, entriesAtMs: [...recent, change.atMs] };
  }
  const pnl = decimal(tally.pnlUsdt).plus(change.pnlUsdt);
  // A result that arrives after the roll-over for the day before must not bring that day back.
  const day = Math.max(tally.day, change.day);
  const before = tally.day === day ? decimal(tally.dayPnlUsdt) : decimal(0);
  return {
    ...tally,
    day,
    dayPnlUsdt: (change.day === day ? before.plus(change.pnlUsdt) : before).toString(),
    pnlUsdt: pnl.toString(),
    peakUsdt: pnl.gt(tally.peakUsdt) ? pnl.toString() : tally.peakUsdt,
  };
}
