import type { Alert } from '../alerts/types.ts';
import type { Pair } from '../execution/types.ts';
import type { CONFLICTS } from '../metrics/labels.ts';
import type { BalanceChange } from '../portfolio/portfolio.ts';
import type { ControlState, DecisionRecord, Transition } from './state.ts';

/** Told of what happened, after it was committed. None of it may throw or change anything in the engine. */
export interface EngineObserver {
  transition(transition: Transition, before: Pair | null): void;
  /** A refusal began or ended, or a guard's hold did. */
  refusal(record: DecisionRecord): void;
  alert(alert: Alert): void;
  /** The engine itself changed the trading state, or learnt that it was changed outside; `atCommit` where a commit did. */
  control(control: ControlState, origin: 'engine' | 'outside', atCommit: number | null): void;
  /** First balances were given. */
  seeded(balances: readonly BalanceChange[]): void;
  conflict(kind: (typeof CONFLICTS)[number]): void;
}
