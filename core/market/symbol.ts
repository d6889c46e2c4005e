/** Canonical names are `BTC/USDT`: the coin and the currency in which both venues' prices are compared. */
export function coinOf(symbol: string): string {
  const slash = symbol.indexOf('/');
  return slash < 0 ? symbol : symbol.slice(0, slash);
}

/** Binance's name of the instrument, upper case as in `s` (`BTCUSDT`); stream names are its lower case. */
export function binanceInstrument(symbol: string): string {
  return `${coinOf(symbol)}USDT`;
}

/** Upbit's code of the instrument (`KRW-BTC`). */
export function upbitInstrument(symbol: string): string {
  return `KRW-${coinOf(symbol)}`;
}

/** Upbit's own market for USDT in won: the executable exchange rate. */
export const FX_INSTRUMENT = 'KRW-USDT';
