import type { TradingMachine } from '#core/engine/machine.ts';
import { decimal } from '#core/market/money.ts';
import { reservationMismatch } from '#core/portfolio/reservations.ts';

/**
 * What of a paper ledger does not add up: reservations against positions, and the store against what the engine goes by.
 * Null where all matches.
 */
export function ledgerMismatch({ engine, store }: Pick<TradingMachine, 'engine' | 'store'>): string | null {
  const stored = store.load();
  const unreserved = reservationMismatch(stored);
  if (unreserved !== null) return unreserved;
  const { balances } = stored;
  for (const [key, quantity] of engine.inventory.held) {
    if (!decimal(quantity).eq(balances[key] ?? 0))
      return `${key} is ${balances[key] ?? 0} in the store, not ${quantity}`;
  }
  return null;
}
