import { hash } from 'node:crypto';
import type { PaperRules } from '#core/engine/settings.ts';
import { takenSide } from '#core/execution/orders.ts';
import type { Execution, Order } from '#core/execution/types.ts';
import type { Market } from '#core/market/market.ts';
import { type Decimal, decimal, ZERO } from '#core/market/money.ts';
import { type BookSide, CURRENCY_OF } from '#core/market/types.ts';
import type { FeeRates } from '#core/spread/edge.ts';

/** What a paper venue does with an order that reaches it: it walks the book then known, to the limit. */
export function executeOnPaper(order: Order, market: Market, fees: FeeRates, atMs: number): Execution | null {
  const { fx } = market;
  // After a start an order of the run before may come due before KRW-USDT was heard: it cannot be booked, so it does not fill.
  if (fx.receivedAtMs < 0) return null;
  const walked = walkToLimit(takenSide(market, order.venue, order.side), order);
  if (walked.quantity.isZero()) return null;
  return {
    atMs,
    quantity: walked.quantity.toString(),
    amount: walked.amount.toString(),
    fee: walked.amount.times(decimal(fees[order.venue])).toString(),
    feeAsset: CURRENCY_OF[order.venue],
    fxBid: decimal(fx.bid).toString(),
    fxAsk: decimal(fx.ask).toString(),
  };
}

/** Takes levels from best to worst while their price is within the order's limit. */
function walkToLimit(side: BookSide, order: Order): { quantity: Decimal; amount: Decimal } {
  const limit = Number(order.limitPrice);
  let left = decimal(order.quantity);
  let amount = ZERO;
  for (let i = 0; i < side.count && left.gt(0); i++) {
    const price = side.price[i]!;
    if (order.side === 'buy' ? price > limit : price < limit) break;
    const size = decimal(side.quantity[i]!);
    const taken = size.lt(left) ? size : left;
    amount = amount.plus(taken.times(decimal(price)));
    left = left.minus(taken);
  }
  return { quantity: decimal(order.quantity).minus(left), amount };
}

type Fate = 'fill' | 'reject' | 'timeout' | 'lost';

/** The fault of an order, drawn from its id: the same in every replay. */
export function drawFate(orderId: string, faults: PaperRules['faults']): Fate {
  const { rejectRate, timeoutRate, lostAnswerRate, seed } = faults;
  if (rejectRate + timeoutRate + lostAnswerRate === 0) return 'fill';
  const draw = Number.parseInt(hash('sha256', `${seed}|${orderId}`, 'hex').slice(0, 12), 16) / 2 ** 48;
  if (draw < rejectRate) return 'reject';
  if (draw < rejectRate + timeoutRate) return 'timeout';
  return draw < rejectRate + timeoutRate + lostAnswerRate ? 'lost' : 'fill';
}
