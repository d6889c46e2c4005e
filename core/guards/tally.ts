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
  /** Times of the entries decided within the minute before the last one, ascending. */
  readonly entriesAtMs: readonly number[];
}

export const NO_TALLY: Tally = { day: 0, dayPnlUsdt: '0', pnlUsdt: '0', peakUsdt: '0', entriesAtMs: [] };

/** What a commit adds: a decided entry, or a closed position's counted PnL. */
export type TallyChange =
  | { readonly kind: 'entry'; readonly atMs: number }
  | { readonly kind: 'result'; readonly day: number; readonly pnlUsdt: string };

/**
 * An entry never counts earlier than the one written before it: evaluators whose ticks are not of one moment still share
 * one minute, so that no order of their writes lets more entries into it.
 */
export function entryAt({ entriesAtMs }: Tally, atMs: number): number {
  return Math.max(atMs, entriesAtMs.at(-1) ?? atMs);
}

/** Entries of the minute before a moment. */
export function entriesWithinMinute(tally: Tally, nowMs: number): number {
  const { entriesAtMs } = tally;
  const atMs = entryAt(tally, nowMs);
  let count = 0;
  for (let i = entriesAtMs.length - 1; i >= 0 && atMs - entriesAtMs[i]! < MINUTE_MS; i--) count++;
  return count;
}

/** Whether a change is an entry that the minute has no more room for: every store asks in the conditional write itself. */
export function minuteIsFull(tally: Tally, change: TallyChange | null, max: number | null): boolean {
  return change?.kind === 'entry' && max !== null && entriesWithinMinute(tally, change.atMs) >= max;
}

export function changeTally(tally: Tally, change: TallyChange): Tally {
  if (change.kind === 'entry') {
    const atMs = entryAt(tally, change.atMs);
    const recent = tally.entriesAtMs.filter((before) => atMs - before < MINUTE_MS);
    return { ...tally, entriesAtMs: [...recent, atMs] };
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
