import { BigNumber } from 'bignumber.js';
import type { Settings } from '../engine/settings.ts';
import type { Market } from '../market/market.ts';
import { type Decimal, decimal } from '../market/money.ts';
import { coinOf } from '../market/symbol.ts';
import type { VenueId } from '../market/types.ts';
import type { BalanceChange } from './portfolio.ts';

/** Coins are given to this many decimals, won to none. */
const COIN_DECIMALS = 8;

/**
 * First paper balances that a symbol needs: as configured, or by default ten times the position size in each quote
 * currency and (× the symbol's weight) in the coin on each venue, at the first quotes seen (won and coins at the mid prices).
 */
export function seedBalances(symbol: string, market: Market, settings: Settings): BalanceChange[] {
  const coin = coinOf(symbol);
  const { balances, derivedBalanceUsdt } = settings;
  if (balances !== null) {
    const given = (venue: VenueId, asset: string): BalanceChange => {
      return { venue, asset, quantity: decimal(balances[venue][asset] ?? 0).toString() };
    };
    return [given('binance', 'USDT'), given('binance', coin), given('upbit', 'KRW'), given('upbit', coin)];
  }
  const usdt = decimal(derivedBalanceUsdt);
  const { binance, fx } = market;
  const price = decimal(binance.bid.price[0]!).plus(decimal(binance.ask.price[0]!)).div(2);
  const won = usdt.times(decimal(fx.bid).plus(decimal(fx.ask))).div(2);
  const coins = price.isZero() ? usdt.times(0) : usdt.times(settings.weights.bySymbol.get(symbol) ?? 1).div(price);
  return [
    { venue: 'binance', asset: 'USDT', quantity: usdt.toString() },
    { venue: 'binance', asset: coin, quantity: down(coins, COIN_DECIMALS) },
    { venue: 'upbit', asset: 'KRW', quantity: down(won, 0) },
    { venue: 'upbit', asset: coin, quantity: down(coins, COIN_DECIMALS) },
  ];
}

function down(value: Decimal, decimals: number): string {
  return value.decimalPlaces(decimals, BigNumber.ROUND_DOWN).toString();
}
