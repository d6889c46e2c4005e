/** A strategy that enters whatever comes and closes it after two seconds: settings by path. */
export const EAGER = {
  'strategy.cooldownSeconds': 0,
  'strategy.maxHoldSeconds': 2,
  'strategy.minProfitThreshold': 0,
  'guards.consecutiveLosses.max': null,
  'guards.commonMode.symbols': null,
  'guards.tickCoarse.maxTickBps': null,
} as const;
