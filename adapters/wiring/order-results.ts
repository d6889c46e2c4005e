import type { Transition } from '#core/engine/state.ts';
import type { Order, Pair } from '#core/execution/types.ts';
import { decimal, sum } from '#core/market/money.ts';
import type { VenueId } from '#core/market/types.ts';
import type { ORDER_RESULTS } from '#core/metrics/labels.ts';

interface OrderResult {
  readonly venue: VenueId;
  readonly result: (typeof ORDER_RESULTS)[number];
}

/** The orders that a transition learnt the outcome of, or learnt that nobody can tell it. */
export function orderResults({ pair, fills }: Transition, before: Pair | null): OrderResult[] {
  if (before === null) return [];
  const now = new Map(pair.pending.map((order) => [order.id, order.status]));
  return before.pending.flatMap((order): OrderResult[] => {
    const status = now.get(order.id);
    if (isOpen(order.status) && !isOpen(status)) return [{ venue: order.venue, result: outcome(order, fills) }];
    return order.status === 'sent' && status === 'unknown' ? [{ venue: order.venue, result: 'unknown' }] : [];
  });
}

function isOpen(status: Order['status'] | undefined): boolean {
  return status === 'sent' || status === 'unknown';
}

function outcome(order: Order, fills: Transition['fills']): 'filled' | 'partial' | 'empty' {
  const filled = sum(fills.filter(({ orderId }) => orderId === order.id).map(({ quantity }) => decimal(quantity)));
  if (filled.isZero()) return 'empty';
  return filled.lt(order.quantity) ? 'partial' : 'filled';
}
