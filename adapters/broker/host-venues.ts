import type { Order } from '#core/execution/types.ts';
import type { HostOrders, VenueSession, Venues } from '#core/ports/venue.ts';

/**
 * Both venues as a function sees them where orders leave from a host (SPEC §7): they are handed over, and their answers
 * are the host's to bring to their end. A function knows no key and no venue's answer.
 */
export function createHostVenues(handOver: (leaving: HostOrders) => Promise<void>): Venues {
  return {
    session(market): VenueSession {
      const waiting: HostOrders[] = [];
      const add = (how: HostOrders['how']) => (orders: readonly Order[], nowMs: number) => {
        const [first] = orders;
        if (first !== undefined) waiting.push({ symbol: first.symbol, how, orders, sentAtMs: nowMs, market });
      };
      return {
        place: add('place'),
        query: add('query'),
        async next() {
          await Promise.all(waiting.splice(0).map(handOver));
          return null;
        },
      };
    },
  };
}
