import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Upbit sends one quote of KRW-USDT that cannot be right',
  expected: { FX_INSANE: 10_000 },
  quiet: ['COMMON_MODE', 'SPREAD_INSANE', 'FX_STALE', 'DAILY_LOSS'],
  recovery: 'the next sane quote lets entries in; the alert is over after half a minute without a refusal',
  recoversWithinMs: 75_000,
  slow: true,
  settings: { guards: { commonMode: { symbols: 4 } } },
  strike: (stage) => stage.fault({ kind: 'badFx', venue: 'upbit' }),
  mend() {},
};
