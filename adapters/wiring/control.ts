import type { Database } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { ControlState, TradingState } from '#core/engine/state.ts';
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
  const [first, ...others] = store.control().holding;
  if (action === 'resume' && first !== undefined) {
    const more = others.map(({ code, reason: why }) => `; ${code} too: ${why}`).join('');
    throw new TwinlegError(
      'RESUME_REFUSED',
      `${first.code} still holds: ${first.reason}${more}`,
      'see docs/guards.md for what ends it; the state lifts itself once the condition is gone and a run sees it',
    );
  }
  return store.changeControl({ tradingState: STATES[action], reason, flatten: action === 'flatten', atMs });
}
