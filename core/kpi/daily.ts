import { dayOf } from '../guards/day.ts';
import type { ClosedTrade } from './types.ts';

/** Periods a year: coins trade every day. */
export const DAYS_A_YEAR = 365;

/**
 * The daily PnL, UTC days by close, from the first day with a close to the last one; a day without a close counts as 0.
 * A close that comes in after midnight for the day before counts for the day in force.
 */
export type Daily = {
  readonly day: number;
  /** PnL of that day so far. */
  readonly pnl: number;
  /** Days before it, their mean, and the sums of squares about the mean and of the falls alone. */
  readonly days: number;
  readonly mean: number;
  readonly squares: number;
  readonly falls: number;
};

export const NO_DAYS: Daily = { day: -1, pnl: 0, days: 0, mean: 0, squares: 0, falls: 0 };

export function addDaily(state: Daily, trade: ClosedTrade): Daily {
  const day = dayOf(trade.closedAtMs, 0);
  if (state.day < 0) return { ...NO_DAYS, day, pnl: trade.pnl };
  if (day <= state.day) return { ...state, pnl: state.pnl + trade.pnl };
  const { days, mean, squares, falls } = withEmptyDays(upToNow(state), day - state.day - 1);
  return { day, pnl: trade.pnl, days, mean, squares, falls };
}

/** Every day counted, the last one too. */
export function upToNow({ day, pnl, days, mean, squares, falls }: Daily): Daily {
  if (day < 0) return NO_DAYS;
  const all = days + 1;
  const next = mean + (pnl - mean) / all;
  const fall = pnl < 0 ? pnl * pnl : 0;
  return { day, pnl: 0, days: all, mean: next, squares: squares + (pnl - mean) * (pnl - next), falls: falls + fall };
}

function withEmptyDays(state: Daily, empty: number): Daily {
  if (empty === 0) return state;
  const { days, mean, squares } = state;
  const all = days + empty;
  return { ...state, days: all, mean: (mean * days) / all, squares: squares + (mean * mean * days * empty) / all };
}
