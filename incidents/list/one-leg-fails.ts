import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'venues reject a third of all orders: pairs are left with one leg and are unwound',
  expected: { LEG_REJECTED: 15_000 },
  quiet: ['NAKED_LEG', 'NAKED_LEG_CRITICAL', 'OUTCOME_UNKNOWN', 'ERROR_RATE', 'EXPOSURE_CONFLICT'],
  recovery: 'orders are taken again; what stood alone has been unwound',
  recoversWithinMs: 45_000,
  strike: (stage) => stage.configure({ paper: { faults: { rejectRate: 0.33 } } }),
  mend: (stage) => stage.configure({ paper: { faults: { rejectRate: 0 } } }),
};
