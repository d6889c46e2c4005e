import type { FirstBalance } from '#core/portfolio/portfolio.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { Row } from './pair-row.ts';

/** What lies on the venues and what lay there first, of the rows of `balance`. */
export function readBalances(rows: readonly Row[]): Pick<StoredState, 'balances' | 'firstBalances'> {
  const balances: Record<string, string> = {};
  const firstBalances: Record<string, FirstBalance> = {};
  for (const { venue, asset, quantity, first_quantity: first, first_value_usdt: value } of rows) {
    const key = `${venue}:${asset}`;
    balances[key] = String(quantity);
    if (first !== null) {
      firstBalances[key] = { quantity: String(first), valueUsdt: value === null ? null : String(value) };
    }
  }
  return { balances, firstBalances };
}
