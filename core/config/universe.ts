import { z } from 'zod';
import { flag, optionalAmount, section, symbol, whole } from './fields.ts';

const DEFAULT_SYMBOLS = ['BTC', 'ETH', 'XRP', 'SOL', 'BCH', 'LINK', 'AVAX', 'AAVE', 'NEAR', 'TAO'].map(
  (coin) => `${coin}/USDT`,
);

function symbols(fallback: string[], about: string) {
  return z
    .array(symbol)
    .refine((list) => new Set(list).size === list.length, 'names a symbol twice')
    .default(fallback)
    .describe(about)
    .meta({ uniqueItems: true });
}

const filters = section(
  {
    minVolumeUsdt: optionalAmount(1_000_000, 'smaller of the two venues’ 24 h volumes, at least', 'USDT'),
    maxSpreadBps: optionalAmount(50, 'ask ÷ bid − 1 of either venue, at most', 'basis points'),
    minDepthUsdt: optionalAmount(1000, 'either side of either venue shows at least this', 'USDT'),
    maxTickBps: optionalAmount(8, 'Upbit’s price tick ÷ its last price, at most', 'basis points'),
    maxPriceRatio: optionalAmount(1.5, 'last prices differ by at most this factor: the same coin', 'factor', 1),
    excludeWarnings: flag(true, 'leave out coins with a venue’s warning'),
    allow: symbols([], 'if not empty: these symbols alone'),
    deny: symbols([], 'never these symbols'),
  },
  'which coins may be traded',
);

/** What is traded. */
export const universe = section(
  {
    mode: z
      .enum(['SINGLE', 'FIXED_LIST', 'TOP_N', 'FULL_MARKET'])
      .default('FIXED_LIST')
      .describe('how the list is made: one symbol, the list, the topN by volume, all that both venues list'),
    symbols: symbols(DEFAULT_SYMBOLS, 'the list of SINGLE and FIXED_LIST, in the order in which symbols are judged'),
    topN: whole(10, 'how many symbols TOP_N takes', 1, 10_000),
    refreshSeconds: whole(300, 'how often the list is made anew (seconds)', 1, 86_400),
    filters,
  },
  'what is traded',
);
