import type { Tick } from '../market/market.ts';

/** Judges one tick; the tick is valid during the call only. */
export type TickHandler = (tick: Tick, symbolIndex: number) => void;

/**
 * Carries ticks from the joiner to whoever judges them. May duplicate, delay or reorder: every commit is conditional on
 * the state's version and on a newer `(epoch, seq)`.
 */
export interface TickBus {
  publish: TickHandler;
  subscribe(handler: TickHandler): void;
}
