import { type Decimal, decimal, sum, ZERO } from '../market/money.ts';
import { CURRENCY_OF, type VenueId } from '../market/types.ts';
import type { Execution, Fill, Order, Pair } from './types.ts';

/** Books one execution: won into USDT at the ask when received, at the bid when paid, at the moment of the fill. */
export function bookFill(order: Order, execution: Execution): Fill {
  const amount = decimal(execution.amount);
  const fee = decimal(execution.fee);
  const rate = order.venue === 'binance' ? null : decimal(order.side === 'sell' ? execution.fxAsk : execution.fxBid);
  const amountUsdt = rate === null ? amount : amount.div(rate);
  return {
    orderId: order.id,
    venue: order.venue,
    side: order.side,
    quantity: execution.quantity,
    price: amount.div(decimal(execution.quantity)).toString(),
    decidedPrice: order.decidedPrice,
    amount: execution.amount,
    currency: CURRENCY_OF[order.venue],
    fee: execution.fee,
    feeAsset: execution.feeAsset,
    fxBid: execution.fxBid,
    fxAsk: execution.fxAsk,
    amountUsdt: (order.side === 'sell' ? amountUsdt : amountUsdt.negated()).toString(),
    feeUsdt: (rate === null ? fee : fee.div(rate)).toString(),
    atMs: execution.atMs,
  };
}

/** Cash flow of one fill in USDT, after its fee. */
export function fillFlow(fill: Fill): Decimal {
  return decimal(fill.amountUsdt).minus(decimal(fill.feeUsdt));
}

/** PnL of all that was filled: the exact sum of the fills' flows. */
export function pnlUsdt(fills: readonly Fill[]): Decimal {
  return sum(fills.map(fillFlow));
}

export function feesUsdt(fills: readonly Fill[]): Decimal {
  return sum(fills.map((fill) => decimal(fill.feeUsdt)));
}

/**
 * The same trade as the accounts will show it: Binance's flows plus the net won after fees at the closing rate, divided
 * by the ask where won is left over and by the bid where it is missing.
 */
export function pnlAccountUsdt(fills: readonly Fill[]): Decimal {
  const last = fills[fills.length - 1];
  if (last === undefined) return ZERO;
  let usdt = ZERO;
  let won = ZERO;
  for (const fill of fills) {
    const amount = decimal(fill.amount);
    const flow = (fill.side === 'sell' ? amount : amount.negated()).minus(decimal(fill.fee));
    if (fill.currency === 'USDT') usdt = usdt.plus(flow);
    else won = won.plus(flow);
  }
  return usdt.plus(won.div(decimal(won.isNegative() ? last.fxBid : last.fxAsk)));
}

/** Coins bought less sold by a pair on one venue, without what left the position as dust. */
export function netQuantity(pair: Pick<Pair, 'fills' | 'dust'>, venue: VenueId): Decimal {
  let net = ZERO;
  for (const fill of pair.fills) {
    if (fill.venue !== venue) continue;
    net = fill.side === 'buy' ? net.plus(decimal(fill.quantity)) : net.minus(decimal(fill.quantity));
  }
  for (const dust of pair.dust) if (dust.venue === venue) net = net.minus(decimal(dust.quantity));
  return net;
}

/** Coins that are on one leg only: positive where too many are held, negative where too few. */
export function imbalance(pair: Pick<Pair, 'fills' | 'dust'>): Decimal {
  return netQuantity(pair, 'binance').plus(netQuantity(pair, 'upbit'));
}
