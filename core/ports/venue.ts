import type { Order, OrderReport } from '../execution/types.ts';
import type { Market } from '../market/market.ts';

/** Orders of one invocation and their answers, in order of time; answers are waited for, not called back. */
export interface VenueSession {
  place(orders: readonly Order[], nowMs: number): void;
  /** Asks what became of an order; one that its venue never saw can never be filled later. */
  query(orders: readonly Order[], nowMs: number): void;
  /** Waits for the next answer; null where none is outstanding. */
  next(): Promise<OrderReport | null>;
}

/** Orders of one symbol on their way to the host that they leave from (`execution.executor`). */
export interface HostOrders {
  readonly symbol: string;
  /** Let them leave, or ask what became of them. */
  readonly how: 'place' | 'query';
  readonly orders: readonly Order[];
  readonly sentAtMs: number;
  /** What was known of the symbol when they were decided. */
  readonly market: Market | null;
}

/** Where a function's orders go. */
export interface Venues {
  /** @param market what this invocation knows of its symbol; null where nothing fresh could be had */
  session(market: Market | null): VenueSession;
}
