import { BigNumber } from 'bignumber.js';
import type { PositionView } from '#core/portfolio/trade.ts';

type Money = Pick<PositionView, 'fills' | 'pnlUsdt'>;

/**
 * PnL in USDT of a position from the prices and quantities of its fills and the fee rates alone: won that comes in is
 * worth its USDT at the ask, won that goes out at the bid, and each fee is a share of its own leg.
 */
export function pnlFromFills({ fills }: Money, feeRates: { readonly binance: number; readonly upbit: number }): number {
  let pnl = new BigNumber(0);
  for (const { venue, side, quantity, price, fxBid, fxAsk } of fills) {
    const amount = new BigNumber(quantity).times(price);
    const rate = venue === 'binance' ? 1 : side === 'sell' ? fxAsk : fxBid;
    const usdt = amount.div(rate);
    pnl = (side === 'sell' ? pnl.plus(usdt) : pnl.minus(usdt)).minus(usdt.times(feeRates[venue]));
  }
  return pnl.toNumber();
}

/** Largest difference, in USDT, between what positions say they earned and what their fills say. */
export function worstDifference(positions: readonly Money[], feeRates: Parameters<typeof pnlFromFills>[1]): number {
  return Math.max(0, ...positions.map((each) => Math.abs(each.pnlUsdt - pnlFromFills(each, feeRates))));
}
