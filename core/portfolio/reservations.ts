import { decimal, ZERO } from '../market/money.ts';
import type { StoredState } from '../ports/store.ts';

/** What does not add up between reservations and positions, which the same transactions write; null where all matches. */
export function reservationMismatch({ symbols, exposure }: Pick<StoredState, 'symbols' | 'exposure'>): string | null {
  const pairs = symbols.flatMap(({ pair }) => pair ?? []);
  const reserved = pairs.reduce((total, { entryNotionalUsdt }) => total.plus(entryNotionalUsdt), ZERO);
  if (decimal(exposure.totalUsdt).eq(reserved) && exposure.positions === pairs.length) return null;
  return `${exposure.totalUsdt} USDT are reserved for ${exposure.positions} positions; there are ${pairs.length} of ${reserved} USDT`;
}
