import { pnlAccountUsdt, pnlUsdt } from '../execution/ledger.ts';
import type { Pair } from '../execution/types.ts';
import { type Decimal, decimal } from '../market/money.ts';

/** What one symbol's closed positions came to, as far as its guards ask. Stored with the symbol. */
export interface Losses {
  /** Trading day that `dayPnlUsdt` belongs to (see `dayOf`); on any other day it counts as 0. */
  readonly day: number;
  readonly dayPnlUsdt: string;
  /** Losing positions since the last one that did not lose. */
  readonly inARow: number;
  readonly pausedUntilMs: number | null;
}

export const NO_LOSSES: Losses = { day: 0, dayPnlUsdt: '0', inARow: 0, pausedUntilMs: null };

export interface PauseRule {
  /** So many losses in a row pause the symbol; null: never. */
  readonly max: number | null;
  readonly pauseMs: number;
}

/** What the loss guards count of a position: the worse of what was booked and what the accounts will show. */
export function countedPnlUsdt({ fills }: Pair): Decimal {
  const booked = pnlUsdt(fills);
  const account = pnlAccountUsdt(fills);
  return account.lt(booked) ? account : booked;
}

/** Takes one closed position into account. After a pause the count goes on: only a position without a loss ends it. */
export function addToLosses(losses: Losses, atMs: number, day: number, pnl: Decimal, rule: PauseRule): Losses {
  const inARow = pnl.isNegative() && !pnl.isZero() ? losses.inARow + 1 : 0;
  const pauses = rule.max !== null && inARow >= rule.max;
  return {
    day,
    dayPnlUsdt: (losses.day === day ? decimal(losses.dayPnlUsdt).plus(pnl) : pnl).toString(),
    inARow,
    pausedUntilMs: pauses ? atMs + rule.pauseMs : losses.pausedUntilMs,
  };
}
