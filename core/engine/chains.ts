import { GuardChain } from '../guards/chain.ts';
import { GUARDS } from '../guards/index.ts';
import type { Settings } from './settings.ts';

const chains = new WeakMap<Settings, GuardChain>();

/** The guards' chain is made once for each configuration. */
export function chainOf(settings: Settings): GuardChain {
  let chain = chains.get(settings);
  if (chain === undefined) {
    chain = new GuardChain(GUARDS, settings.guardsOn);
    chains.set(settings, chain);
  }
  return chain;
}
