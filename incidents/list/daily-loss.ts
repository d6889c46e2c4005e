import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'fees rise to 0.2 % while positions are closed after a second: the day loses more than guards.dailyLoss.maxUsdt',
  expected: { DAILY_LOSS: 30_000 },
  quiet: ['DRAWDOWN', 'SYMBOL_DAILY_LOSS', 'CONSECUTIVE_LOSSES', 'OPPORTUNITIES_MISSED'],
  recovery: 'the operator raises the limit in the configuration, and entries come back without a restart',
  recoversWithinMs: 30_000,
  settings: { guards: { dailyLoss: { maxUsdt: 1000 } } },
  strike: (stage) => stage.configure({ guards: { dailyLoss: { maxUsdt: 0.01 } } }),
  mend: (stage) => stage.configure({ guards: { dailyLoss: { maxUsdt: 1000 } } }),
};
