import { hash } from 'node:crypto';
import type { BrokerLink } from '#core/engine/machine.ts';
import type { PaperRules } from '#core/engine/settings.ts';
import { takenSide } from '#core/execution/orders.ts';
import type { Execution, Order } from '#core/execution/types.ts';
import { type Decimal, decimal, ZERO } from '#core/market/money.ts';
import { type BookSide, CURRENCY_OF } from '#core/market/types.ts';
import type { Broker } from '#core/ports/broker.ts';

/** What the paper venue remembers of an order that reached it; null where nothing of it was filled. */
export interface PaperMemory {
  get(orderId: string): { readonly execution: Execution | null } | undefined;
  put(orderId: string, execution: Execution | null): void;
}

/**
 * Both venues on paper (SPEC §7). An order sent at t reaches its venue at t + latency, before any frame received then or
 * later, and fills by walking the book then known, to its limit; the book is left as it is. Binance answers with the
 * fill; Upbit only takes the order and has to be asked.
 */
export function createPaperBroker(link: BrokerLink, memory: PaperMemory): Broker {
  const inFlight = new Set<string>();

  function reach(order: Order, atMs: number): void {
    inFlight.delete(order.id);
    const { id: orderId, symbol, venue } = order;
    const fate = drawFate(orderId, link.settings.paper.faults);
    if (fate === 'reject') {
      link.report(symbol, { kind: 'rejected', orderId, atMs, reason: 'rejected by the paper venue (injected)' });
      return;
    }
    if (fate === 'timeout') {
      link.report(symbol, { kind: 'unknown', orderId, atMs, reason: 'no answer in time (injected)' });
      return;
    }
    const execution = execute(order, atMs);
    memory.put(orderId, execution);
    if (fate === 'lost')
      link.report(symbol, { kind: 'unknown', orderId, atMs, reason: 'the answer was lost (injected)' });
    else if (venue === 'upbit') link.report(symbol, { kind: 'accepted', orderId, atMs });
    else link.report(symbol, { kind: 'filled', orderId, atMs, execution });
  }

  function execute(order: Order, atMs: number): Execution | null {
    const market = link.market(order.symbol);
    const { fx } = market;
    // After a start an order of the run before may come due before KRW-USDT was heard: it cannot be booked, so it does not fill.
    if (fx.receivedAtMs < 0) return null;
    const side = takenSide(market, order.venue, order.side);
    const walked = walkToLimit(side, order);
    if (walked.quantity.isZero()) return null;
    return {
      atMs,
      quantity: walked.quantity.toString(),
      amount: walked.amount.toString(),
      fee: walked.amount.times(decimal(link.settings.execution.fees[order.venue])).toString(),
      feeAsset: CURRENCY_OF[order.venue],
      fxBid: decimal(fx.bid).toString(),
      fxAsk: decimal(fx.ask).toString(),
    };
  }

  return {
    place(orders, nowMs) {
      for (const order of orders) {
        if (inFlight.has(order.id) || memory.get(order.id) !== undefined) continue;
        inFlight.add(order.id);
        link.schedule(nowMs + link.settings.paper.latencyMs[order.venue], (atMs) => reach(order, atMs));
      }
    },
    query(orders, nowMs) {
      for (const order of orders) {
        if (inFlight.has(order.id)) continue;
        link.schedule(nowMs, (atMs) => {
          const known = memory.get(order.id);
          const answer = { orderId: order.id, atMs };
          if (known === undefined)
            link.report(order.symbol, { kind: 'rejected', ...answer, reason: 'the venue never saw it' });
          else link.report(order.symbol, { kind: 'filled', ...answer, execution: known.execution });
        });
      }
    },
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
function drawFate(orderId: string, faults: PaperRules['faults']): Fate {
  const { rejectRate, timeoutRate, lostAnswerRate, seed } = faults;
  if (rejectRate + timeoutRate + lostAnswerRate === 0) return 'fill';
  const draw = Number.parseInt(hash('sha256', `${seed}|${orderId}`, 'hex').slice(0, 12), 16) / 2 ** 48;
  if (draw < rejectRate) return 'reject';
  if (draw < rejectRate + timeoutRate) return 'timeout';
  return draw < rejectRate + timeoutRate + lostAnswerRate ? 'lost' : 'fill';
}
