import type { Incident, Settings } from '../types.ts';

export const incident: Incident = {
  done: 'fees rise from 0.01 % to 0.1 % while positions are closed after a second: the day loses more than it may',
  expected: { DAILY_LOSS: 60_000 },
  quiet: ['DRAWDOWN', 'SYMBOL_DAILY_LOSS', 'CONSECUTIVE_LOSSES', 'OPPORTUNITIES_MISSED'],
  recovery: 'the operator raises the limit in the configuration, and entries come back without a restart',
  recoversWithinMs: 45_000,
  settings: { guards: { dailyLoss: { maxUsdt: 1 } }, strategy: { minProfitThreshold: 0 } },
  strike: (stage) => stage.configure({ venues: fees(0.001) }),
  mend: (stage) => stage.configure({ venues: fees(0.0001), guards: { dailyLoss: { maxUsdt: 1000 } } }),
};

function fees(takerFeeRate: number): Settings {
  return { binance: { takerFeeRate }, upbit: { takerFeeRate } };
}
