import type { Kpi } from './types.ts';

/** Entries of full, weighted size that the scarcest asset lasts for; of the inventory as it lies, so no trade changes it. */
export const runwayEntries: Kpi<number> = {
  name: 'runwayEntries',
  start: 0,
  add: (state) => state,
  value: (_state, facts) => facts.runwayEntries,
};
