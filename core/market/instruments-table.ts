import type { Instrument } from './instrument.ts';

/** Binance's lot and tick of large coins, used where neither the venue's REST nor a file tells (as of 2026-11). */
const BINANCE_LOT_TICK: Readonly<Record<string, readonly [lot: string, tick: string]>> = {
  BTC: ['0.00001', '0.01'],
  ETH: ['0.0001', '0.01'],
  XRP: ['0.1', '0.0001'],
  SOL: ['0.001', '0.01'],
  BCH: ['0.001', '0.1'],
  LINK: ['0.01', '0.01'],
  AVAX: ['0.01', '0.01'],
  AAVE: ['0.001', '0.01'],
  NEAR: ['0.1', '0.001'],
  TAO: ['0.0001', '0.1'],
  DOGE: ['1', '0.00001'],
  ADA: ['0.1', '0.0001'],
  TRX: ['0.1', '0.0001'],
  DOT: ['0.01', '0.001'],
  LTC: ['0.001', '0.01'],
  ETC: ['0.01', '0.01'],
  XLM: ['1', '0.0001'],
  SUI: ['0.1', '0.0001'],
  UNI: ['0.01', '0.001'],
  ATOM: ['0.01', '0.001'],
  HBAR: ['1', '0.00001'],
  APT: ['0.01', '0.001'],
};

export const UPBIT_LOT = '0.00000001';
export const BINANCE_MIN_NOTIONAL_USDT = '5';
export const UPBIT_MIN_NOTIONAL_KRW = '5000';

/** The built-in rules of a large coin, or undefined for a coin that the table does not hold. */
export function builtInInstrument(symbol: string): Instrument | undefined {
  const slash = symbol.indexOf('/');
  const row = BINANCE_LOT_TICK[symbol.slice(0, slash)];
  if (row === undefined) return undefined;
  const [lot, tick] = row;
  return {
    symbol,
    binance: { lot, tick, minQuantity: lot, minNotional: BINANCE_MIN_NOTIONAL_USDT },
    upbit: { lot: UPBIT_LOT, tick: 'krw', minQuantity: UPBIT_LOT, minNotional: UPBIT_MIN_NOTIONAL_KRW },
  };
}
