import type { Database } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { ControlState, SymbolState, TradingState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';

/** What an operator can ask of trading as a whole. */
export type ControlAction = 'pause' | 'resume' | 'halt' | 'flatten';

const STATES: Readonly<Record<ControlAction, TradingState>> = {
  pause: 'REDUCE_ONLY',
  resume: 'ACTIVE',
  halt: 'HALTED',
  flatten: 'REDUCE_ONLY',
};

/**
 * Sets the trading state in a store; the very next decision of whoever trades on it obeys.
 *
 * @throws TwinlegError `RESUME_REFUSED` while a condition that must hold entries back still holds
 */
export function setTradingState(database: Database, action: ControlAction, reason: string, atMs: number): ControlState {
  const store = createSqliteStore(database);
  if (action === 'resume') {
    const holding = unknownOutcome(store.load().symbols);
    if (holding !== null) {
      throw new TwinlegError(
        'RESUME_REFUSED',
        `OUTCOME_UNKNOWN still holds: ${holding}`,
        'look the order up at the venue; the state lifts itself once the outcome is known',
      );
    }
  }
  return store.changeControl({
    tradingState: STATES[action],
    setBy: 'operator',
    reason,
    flatten: action === 'flatten',
    atMs,
  });
}

function unknownOutcome(symbols: readonly SymbolState[]): string | null {
  for (const { symbol, pair } of symbols) {
    const order = pair?.pending.find(({ status }) => status === 'unknown');
    if (order !== undefined) return `nobody can say what became of order ${order.id} of ${symbol} on ${order.venue}`;
  }
  return null;
}
