import type { GuardChain } from '../guards/chain.ts';
import type { Balances, Exposure } from '../portfolio/portfolio.ts';
import type { Settings } from './settings.ts';
import type { ControlState } from './state.ts';

/** What a step may look at beside the symbol's own state; nothing in it changes during a step. */
export interface StepWorld {
  readonly settings: Settings;
  readonly chain: GuardChain;
  readonly control: ControlState;
  readonly exposure: Exposure;
  readonly balances: Balances;
  /** A clean stop is under way: pairs between states go on, nothing new begins. */
  readonly draining: boolean;
}
