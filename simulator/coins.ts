import { createRandom } from './random.ts';

/** A coin of the simulated market. Prices in USDT; lots and ticks as decimal texts. */
export interface Coin {
  readonly name: string;
  readonly priceUsdt: number;
  readonly lot: string;
  readonly tick: string;
  /** 24 h volume of each venue, USDT. */
  readonly volumeUsdt: number;
  readonly onBinance: boolean;
  readonly onUpbit: boolean;
  /** Upbit's warning flag. */
  readonly warning: boolean;
  /** Listed on Binance and not traded there. */
  readonly halted: boolean;
  /** Upbit's price ÷ the comparable price: 1, unless the ticker means another coin there. */
  readonly identityRatio: number;
  /** Takes part in bursts: liquid and with fine ticks. */
  readonly bursts: boolean;
}

type Row = readonly [name: string, priceUsdt: number, lot: string, tick: string];

const LARGE: readonly Row[] = [
  ['BTC', 91_250, '0.00001', '0.01'],
  ['ETH', 3_120, '0.0001', '0.01'],
  ['XRP', 2.23, '0.1', '0.0001'],
  ['SOL', 138.4, '0.001', '0.01'],
  ['BCH', 542, '0.001', '0.1'],
  ['LINK', 13.62, '0.01', '0.01'],
  ['AVAX', 14.9, '0.01', '0.01'],
  ['AAVE', 176.4, '0.001', '0.01'],
  ['NEAR', 2.06, '0.1', '0.001'],
  ['TAO', 296.5, '0.0001', '0.1'],
  ['DOGE', 0.1522, '1', '0.00001'],
  ['ADA', 0.4412, '0.1', '0.0001'],
  ['TRX', 0.2781, '0.1', '0.0001'],
  ['DOT', 2.41, '0.01', '0.001'],
  ['LTC', 86.3, '0.001', '0.01'],
  ['ETC', 13.8, '0.01', '0.01'],
  ['XLM', 0.2531, '1', '0.0001'],
  ['SUI', 1.612, '0.1', '0.0001'],
  ['UNI', 6.12, '0.01', '0.001'],
  ['ATOM', 2.512, '0.01', '0.001'],
  ['HBAR', 0.14871, '1', '0.00001'],
  ['APT', 2.413, '0.01', '0.001'],
];

/** Other coins that people know and may ask for; their prices are made up. */
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(
  (
    '1INCH ALGO ARB ARKM AXS BAT BLUR BNB BONK CHZ COMP CRV CVC EGLD ENA ENS ETHFI FIL FLOKI FLOW GALA GRT ICP ICX IMX INJ ' +
    'IOTA JTO JUP KAVA KSM LDO LPT MANA MASK MKR MOVE NEO OM ONDO ONT OP ORDI PENDLE PEPE POL PYTH QTUM RENDER RVN S SAND ' +
    'SEI SHIB SNX STRK STX TFUEL THETA TIA TRUMP USDC VET VIRTUAL W WAVES WLD XEC XTZ ZIL ZK ZRO ZRX'
  ).split(' '),
);

/** A coin by its name; null where it is neither on this market nor anywhere else. */
export function knownCoin(name: string, market: readonly Coin[]): Coin | null {
  const listed = market.find((coin) => coin.name === name);
  return listed ?? (KNOWN_ELSEWHERE.has(name) ? madeUp(name, market) : null);
}

/** A coin of this name with another one's prices and rules. */
export function madeUp(name: string, market: readonly Coin[]): Coin {
  return { ...market[40]!, name };
}

const BURSTING = new Set(['BTC', 'ETH', 'XRP', 'LINK', 'BCH', 'AAVE']);
const SYLLABLES = ['KA', 'RO', 'MI', 'TEN', 'SU', 'LO', 'VEX', 'NA', 'PI', 'ZOR', 'DU', 'QUA', 'BE', 'GLO', 'HY'];

/**
 * The simulated market's coins: the large ones, five that are there to be left out (one venue alone, halted, a warning,
 * another coin under the same ticker), and made-up ones up to `count`.
 */
export function makeCoins(count: number): Coin[] {
  const coins: Coin[] = LARGE.map(([name, priceUsdt, lot, tick], i) => ({
    ...usual(name, priceUsdt, lot, tick),
    volumeUsdt: 2e9 / (i + 1),
    bursts: BURSTING.has(name),
  }));
  coins.push({ ...usual('TON', 1.55, '0.01', '0.001'), volumeUsdt: 8e6, identityRatio: 0.004 });
  coins.push({ ...usual('WARN', 0.82, '0.1', '0.0001'), volumeUsdt: 5e6, warning: true });
  coins.push({ ...usual('ONLYB', 3.3, '0.01', '0.001'), volumeUsdt: 4e6, onUpbit: false });
  coins.push({ ...usual('ONLYU', 4.4, '0.01', '0.001'), volumeUsdt: 4e6, onBinance: false });
  coins.push({ ...usual('HALT', 5.5, '0.01', '0.001'), volumeUsdt: 4e6, halted: true });
  const random = createRandom(1);
  for (let i = 0; coins.length < count; i++) {
    const name = syllables(i);
    const priceUsdt = Number(Math.exp(random.between(-2, 6)).toPrecision(4));
    const digits = Math.max(0, Math.min(5, 4 - Math.floor(Math.log10(priceUsdt))));
    coins.push({
      ...usual(name, priceUsdt, '0.1', digits === 0 ? '1' : `0.${'0'.repeat(digits - 1)}1`),
      volumeUsdt: 9e6 / (1 + i / 50),
    });
  }
  return coins;
}

function usual(name: string, priceUsdt: number, lot: string, tick: string): Coin {
  return {
    name,
    priceUsdt,
    lot,
    tick,
    volumeUsdt: 1e6,
    onBinance: true,
    onUpbit: true,
    warning: false,
    halted: false,
    identityRatio: 1,
    bursts: false,
  };
}

function syllables(i: number): string {
  const n = SYLLABLES.length;
  return `${SYLLABLES[i % n]}${SYLLABLES[Math.floor(i / n) % n]}${i >= n * n ? Math.floor(i / (n * n)) : ''}`;
}

/** Upbit's price step in won at a price in won (its table since 2025-07-31). */
export function wonTick(priceKrw: number): number {
  const bands: readonly (readonly [number, number])[] = [
    [1e6, 1000],
    [5e5, 500],
    [1e5, 100],
    [5e4, 50],
    [1e4, 10],
    [5e3, 5],
    [100, 1],
    [10, 0.1],
    [1, 0.01],
    [0.1, 0.001],
    [0.01, 0.0001],
  ];
  return bands.find(([from]) => priceKrw >= from)?.[1] ?? 0.00001;
}
