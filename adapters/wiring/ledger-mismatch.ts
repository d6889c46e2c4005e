import type { TradingMachine } from '#core/engine/machine.ts';
import { decimal, ZERO } from '#core/market/money.ts';

/**
 * What of a paper ledger does not add up: reservations against positions, and the store against what the engine goes by.
 * Null where all matches.
 */
export function ledgerMismatch({ engine, store }: Pick<TradingMachine, 'engine' | 'store'>): string | null {
  const { symbols, exposure, balances } = store.load();
  const pairs = symbols.flatMap(({ pair }) => pair ?? []);
  const reserved = pairs.reduce((total, { entryNotionalUsdt }) => total.plus(entryNotionalUsdt), ZERO);
  if (!reserved.eq(exposure.totalUsdt) || exposure.positions !== pairs.length) {
    return `${exposure.totalUsdt} USDT are reserved for ${exposure.positions} positions; there are ${pairs.length} of ${reserved} USDT`;
  }
  for (const [key, quantity] of engine.inventory.held) {
    if (!decimal(quantity).eq(balances[key] ?? 0))
      return `${key} is ${balances[key] ?? 0} in the store, not ${quantity}`;
  }
  return null;
}
