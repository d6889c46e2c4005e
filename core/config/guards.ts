import { optionalNumber, optionalUsdt, optionalWhole, section, whole } from './fields.ts';

/** Limits of the guards, by guard; `null` switches one off. */
export const guards = section(
  {
    dailyLoss: section({ maxUsdt: optionalUsdt(50, 'loss of a day') }, 'daily loss'),
    drawdown: section({ maxUsdt: optionalUsdt(100, 'fall below the highest PnL') }, 'maximum drawdown'),
    errorRate: section({ maxPerMinute: optionalWhole(10, 'errors a minute') }, 'error rate'),
    clockSkew: section({ maxMs: optionalWhole(1000, 'difference of the clocks (ms)') }, 'clock skew'),
    venueDown: section({ afterMs: optionalWhole(5000, 'silence of a venue (ms)') }, 'venue down'),
    fxInsane: section(
      { maxDeviation: optionalNumber(0.005, 'distance of KRW-USDT from its medians (fraction)') },
      'insane rate',
    ),
    commonMode: section(
      { symbols: optionalWhole(3, 'symbols that cross together'), windowMs: whole(2000, 'within this time (ms)', 1) },
      'common mode',
    ),
    tradesPerMinute: section({ max: optionalWhole(30, 'entries a minute') }, 'trades a minute'),
    openPositions: section({ max: optionalWhole(10, 'positions at once') }, 'open positions'),
    concentration: section(
      { maxShare: optionalNumber(0.5, 'share of one symbol, from three positions on (fraction)') },
      'concentration',
    ),
    consecutiveLosses: section(
      {
        max: optionalWhole(3, 'losses in a row'),
        pauseSeconds: whole(900, 'pause of the symbol after them (seconds)'),
      },
      'consecutive losses',
    ),
    symbolDailyLoss: section({ maxUsdt: optionalUsdt(20, 'loss of a symbol in a day') }, 'daily loss of a symbol'),
    spreadInsane: section(
      { maxEdge: optionalNumber(0.05, 'gross edge beyond which it is a trap (fraction)') },
      'insane spread',
    ),
    thinBook: section({ minDepthUsdt: optionalUsdt(100, 'shown on the sides that are hit, at least') }, 'thin book'),
    tickCoarse: section({ maxTickBps: optionalNumber(8, 'Upbit’s tick ÷ price (basis points)') }, 'coarse tick'),
    priceFromMid: section(
      { max: optionalNumber(0.01, 'distance of the walked price from mid (fraction)') },
      'price far from mid',
    ),
  },
  'limits of the guards',
);
