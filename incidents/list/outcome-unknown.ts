import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'a venue executes orders and its answers are lost (a third of all)',
  expected: { OUTCOME_UNKNOWN: 20_000 },
  quiet: ['NAKED_LEG', 'LEG_REJECTED', 'RECONCILE_MISMATCH', 'EXPOSURE_CONFLICT', 'ERROR_RATE'],
  recovery: 'the venue is asked what became of the order; entries are off until it says so',
  recoversWithinMs: 45_000,
  strike: (stage) => stage.configure({ paper: { faults: { lostAnswerRate: 0.33 } } }),
  mend: (stage) => stage.configure({ paper: { faults: { lostAnswerRate: 0 } } }),
};
