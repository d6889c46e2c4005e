import type { Kpi } from './types.ts';

/** What the gap of the coin itself earned, USDT: at decided prices, a constant rate and no fees. PnL = this + FX − fees − slippage. */
export const coinGap: Kpi<number> = {
  name: 'coinGapPnlUsdt',
  start: 0,
  add: (total, trade) => total + trade.pnl + trade.fees + trade.slippageUsdt - trade.fxEffectUsdt,
  value: (total) => total,
};
