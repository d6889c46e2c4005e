import {
  milliseconds,
  optionalAmount,
  optionalFraction,
  optionalUsdt,
  optionalWhole,
  seconds,
  section,
} from './fields.ts';

/** Edges are no shares: a trap may show a multiple of the price. */
const MAX_EDGE = 100;

/** Limits of the guards, by guard; `null` switches one off. */
export const guards = section(
  {
    dailyLoss: section({ maxUsdt: optionalUsdt(50, 'loss of a day') }, 'daily loss'),
    drawdown: section({ maxUsdt: optionalUsdt(100, 'fall below the highest PnL') }, 'maximum drawdown'),
    errorRate: section({ maxPerMinute: optionalWhole(10, 'errors a minute') }, 'error rate'),
    clockSkew: section({ maxMs: optionalWhole(1000, 'difference of the clocks, ms') }, 'clock skew'),
    venueDown: section({ afterMs: optionalWhole(5000, 'silence of a venue, ms') }, 'venue down'),
    fxInsane: section(
      { maxDeviation: optionalFraction(0.005, 'distance of KRW-USDT from its medians') },
      'insane rate of KRW-USDT',
    ),
    commonMode: section(
      {
        symbols: optionalWhole(3, 'symbols that cross the threshold the same way together'),
        windowMs: milliseconds(2000, 'within this time', 1),
      },
      'common mode: an event of the rate, not of a coin',
    ),
    tradesPerMinute: section({ max: optionalWhole(30, 'entries a minute') }, 'trades a minute'),
    openPositions: section({ max: optionalWhole(10, 'positions at once') }, 'open positions'),
    concentration: section(
      { maxShare: optionalFraction(0.5, 'share of one symbol in the exposure, from three positions on') },
      'concentration',
    ),
    consecutiveLosses: section(
      { max: optionalWhole(3, 'losses in a row'), pauseSeconds: seconds(900, 'pause of the symbol after them') },
      'consecutive losses',
    ),
    symbolDailyLoss: section({ maxUsdt: optionalUsdt(20, 'loss of a symbol in a day') }, 'daily loss of a symbol'),
    spreadInsane: section(
      { maxEdge: optionalFraction(0.05, 'gross edge beyond which it is a trap', MAX_EDGE) },
      'insane spread',
    ),
    thinBook: section(
      { minDepthUsdt: optionalAmount(100, 'shown on the sides that are hit, at least', 'USDT') },
      'thin book',
    ),
    tickCoarse: section(
      { maxTickBps: optionalAmount(8, 'Upbit’s tick ÷ price, at most', 'basis points') },
      'coarse tick',
    ),
    priceFromMid: section(
      { max: optionalFraction(0.01, 'distance of the walked price from mid') },
      'price far from mid',
    ),
  },
  'limits of the guards',
);
