import type { Settings } from '#core/engine/settings.ts';
import type { Execution, Order, OrderReport } from '#core/execution/types.ts';
import type { Market } from '#core/market/market.ts';
import type { VenueOrders } from '#core/ports/cloud-store.ts';
import type { VenueSession, Venues } from '#core/ports/venue.ts';
import { drawFate, executeOnPaper } from './paper-rules.ts';

export interface PaperVenuesParts {
  settings(): Pick<Settings, 'paper' | 'execution'>;
  readonly memory: VenueOrders;
  /** Resolves once the clock has reached a moment, ms. */
  until(atMs: number): Promise<void>;
}

interface Due {
  readonly atMs: number;
  readonly order: Order;
  readonly what: 'reach' | 'query';
}

/** What is kept of orders that reached their venue in this very session: it never changes. */
type Seen = Map<string, Execution | null>;

/**
 * Both paper venues as a function sees them (SPEC §7): an order reaches its venue after the venue's latency, which is
 * waited for, and fills by the book that the invocation knows, the newest tick of its batch. What reached a venue is
 * remembered in the store. An order that was asked for before it reached its venue never fills: the answer "never seen"
 * is kept, so that it stays true.
 */
export function createPaperVenues({ settings, memory, until }: PaperVenuesParts): Venues {
  async function reach(order: Order, market: Market | null, atMs: number, seen: Seen): Promise<OrderReport> {
    const { id: orderId, venue } = order;
    const { paper, execution: rules } = settings();
    const fate = drawFate(orderId, paper.faults);
    if (fate === 'reject') return { kind: 'rejected', orderId, atMs, reason: 'rejected by the paper venue (injected)' };
    if (fate === 'timeout') return { kind: 'unknown', orderId, atMs, reason: 'no answer in time (injected)' };
    const execution = await memory.keep(
      orderId,
      market === null ? null : executeOnPaper(order, market, rules.fees, atMs),
    );
    seen.set(orderId, execution);
    if (fate === 'lost') return { kind: 'unknown', orderId, atMs, reason: 'the answer was lost (injected)' };
    return venue === 'upbit' ? { kind: 'accepted', orderId, atMs } : { kind: 'filled', orderId, atMs, execution };
  }

  async function answer({ id: orderId }: Order, atMs: number, seen: Seen): Promise<OrderReport> {
    const here = seen.get(orderId);
    const known = here === undefined ? await memory.get(orderId) : { execution: here };
    if (known !== undefined) return { kind: 'filled', orderId, atMs, execution: known.execution };
    const execution = await memory.keep(orderId, null);
    if (execution !== null) return { kind: 'filled', orderId, atMs, execution };
    return { kind: 'unseen', orderId, atMs };
  }

  return {
    session(market): VenueSession {
      const queue: Due[] = [];
      const seen: Seen = new Map();
      const add = (due: Due) => {
        let at = queue.length;
        while (at > 0 && queue[at - 1]!.atMs > due.atMs) at--;
        queue.splice(at, 0, due);
      };
      return {
        place(orders, nowMs) {
          for (const order of orders)
            add({ atMs: nowMs + settings().paper.latencyMs[order.venue], order, what: 'reach' });
        },
        query(orders, nowMs) {
          for (const order of orders) {
            const isOut = queue.some((due) => due.what === 'reach' && due.order.id === order.id);
            if (!isOut) add({ atMs: nowMs, order, what: 'query' });
          }
        },
        async next() {
          const due = queue.shift();
          if (due === undefined) return null;
          await until(due.atMs);
          return due.what === 'reach' ? reach(due.order, market, due.atMs, seen) : answer(due.order, due.atMs, seen);
        },
      };
    },
  };
}
