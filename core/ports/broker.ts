import type { Order } from '../execution/types.ts';

/**
 * Sends orders to the venues. Answers come back as order reports, each as an event of its own with its own time; an
 * order may be answered never, once or several times.
 */
export interface Broker {
  place(orders: readonly Order[], nowMs: number): void;
  /** Asks the venue what became of an order; one that the venue never saw is reported as rejected. */
  query(orders: readonly Order[], nowMs: number): void;
}
