import type { GuardChain } from '../guards/chain.ts';
import type { Outside } from '../guards/outside.ts';
import type { Tally } from '../guards/tally.ts';
import type { Liveness } from '../market/market.ts';
import type { Balances, Exposure } from '../portfolio/portfolio.ts';
import type { Headroom } from '../strategy/types.ts';
import type { Settings } from './settings.ts';
import type { ControlState } from './state.ts';

/** What a step may look at beside the symbol's own state; nothing in it changes during a step. */
export interface StepWorld {
  readonly settings: Settings;
  readonly chain: GuardChain;
  readonly control: ControlState;
  readonly exposure: Exposure;
  /** What exposure and caps leave for one more position. */
  readonly room: Headroom['portfolioUsdt'];
  readonly balances: Balances;
  readonly tally: Tally;
  readonly outside: Outside;
  readonly liveness: Readonly<Liveness>;
  /** A clean stop is under way: pairs between states go on, nothing new begins. */
  readonly draining: boolean;
}
