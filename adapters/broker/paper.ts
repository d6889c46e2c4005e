import type { BrokerLink } from '#core/engine/machine.ts';
import type { Execution, Order } from '#core/execution/types.ts';
import type { Broker } from '#core/ports/broker.ts';
import { drawFate, executeOnPaper } from './paper-rules.ts';

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
    const execution = executeOnPaper(order, link.market(symbol), link.settings.execution.fees, atMs);
    memory.put(orderId, execution);
    if (fate === 'lost')
      link.report(symbol, { kind: 'unknown', orderId, atMs, reason: 'the answer was lost (injected)' });
    else if (venue === 'upbit') link.report(symbol, { kind: 'accepted', orderId, atMs });
    else link.report(symbol, { kind: 'filled', orderId, atMs, execution });
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
          if (known === undefined) link.report(order.symbol, { kind: 'unseen', ...answer });
          else link.report(order.symbol, { kind: 'filled', ...answer, execution: known.execution });
        });
      }
    },
  };
}
