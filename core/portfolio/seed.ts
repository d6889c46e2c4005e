import { BigNumber } from 'bignumber.js';
import type { Settings } from '../engine/settings.ts';
import type { Market } from '../market/market.ts';
import { type Decimal, decimal, ZERO } from '../market/money.ts';
import { coinOf } from '../market/symbol.ts';
import type { VenueId } from '../market/types.ts';
import type { SeedBalance } from './portfolio.ts';

/** Coins are given to this many decimals, won to none. */
const COIN_DECIMALS = 8;

/** The value of a first balance is kept to this many decimals, USDT. */
const VALUE_DECIMALS = 12;

/**
 * First paper balances that a symbol needs, with their value at the mid prices seen: as configured, or by default ten times
 * the position size in each quote currency and (× the symbol's weight) in the coin on each venue, at those prices.
 */
export function seedBalances(symbol: string, market: Market, settings: Settings): SeedBalance[] {
  const coin = coinOf(symbol);
  const prices = midPrices(market);
  const quantities = settings.balances === null ? derived(symbol, prices, settings) : given(coin, settings.balances);
  const seed = (venue: VenueId, asset: string, quantity: Decimal, price: Decimal): SeedBalance => {
    const valueUsdt = quantity.times(price).decimalPlaces(VALUE_DECIMALS).toString();
    return { venue, asset, quantity: quantity.toString(), valueUsdt };
  };
  return [
    seed('binance', 'USDT', quantities.usdt, decimal(1)),
    seed('binance', coin, quantities.binanceCoins, prices.binanceCoin),
    seed('upbit', 'KRW', quantities.won, prices.won),
    seed('upbit', coin, quantities.upbitCoins, prices.upbitCoin),
  ];
}

interface Quantities {
  readonly usdt: Decimal;
  readonly won: Decimal;
  readonly binanceCoins: Decimal;
  readonly upbitCoins: Decimal;
}

function given(coin: string, { binance, upbit }: NonNullable<Settings['balances']>): Quantities {
  return {
    usdt: decimal(binance.USDT ?? 0),
    won: decimal(upbit.KRW ?? 0),
    binanceCoins: decimal(binance[coin] ?? 0),
    upbitCoins: decimal(upbit[coin] ?? 0),
  };
}

function derived(symbol: string, { binanceCoin, rate }: Prices, settings: Settings): Quantities {
  const usdt = decimal(settings.derivedBalanceUsdt);
  const weight = settings.weights.bySymbol.get(symbol) ?? 1;
  const coins = down(binanceCoin.isZero() ? ZERO : usdt.times(weight).div(binanceCoin), COIN_DECIMALS);
  return { usdt, won: down(usdt.times(rate), 0), binanceCoins: coins, upbitCoins: coins };
}

/** Mid prices in USDT, and the mid rate, won per USDT. */
interface Prices {
  readonly binanceCoin: Decimal;
  readonly upbitCoin: Decimal;
  readonly won: Decimal;
  readonly rate: Decimal;
}

function midPrices({ binance, upbit, fx }: Market): Prices {
  const mid = (bid: number, ask: number) => decimal(bid).plus(decimal(ask)).div(2);
  const rate = mid(fx.bid, fx.ask);
  const inUsdt = (won: Decimal) => (rate.isZero() ? ZERO : won.div(rate));
  return {
    binanceCoin: mid(binance.bid.price[0]!, binance.ask.price[0]!),
    upbitCoin: inUsdt(mid(upbit.bid.price[0]!, upbit.ask.price[0]!)),
    won: inUsdt(decimal(1)),
    rate,
  };
}

function down(value: Decimal, decimals: number): Decimal {
  return value.decimalPlaces(decimals, BigNumber.ROUND_DOWN);
}
