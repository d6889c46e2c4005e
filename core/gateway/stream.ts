import { Sequencer } from '../engine/sequencer.ts';
import type { Settings } from '../engine/settings.ts';
import { type Measurement, Outside } from '../guards/outside.ts';
import { Joiner, type TickConsumer } from '../market/joiner.ts';
import type { QuoteUpdate, VenueId } from '../market/types.ts';

/**
 * The front half of the trading machine, for a process that judges nothing itself: the same sequencer, joiner, features
 * and signals make the same ticks, and what was measured outside goes along with them.
 */
export class TickStream {
  readonly sequencer: Sequencer;
  readonly joiner: Joiner;
  readonly outside = new Outside();
  settings: Settings;

  /** @param failed told of work that threw */
  constructor(settings: Settings, publish: TickConsumer, failed: (error: unknown) => void) {
    this.settings = settings;
    this.sequencer = new Sequencer((atMs) => {
      this.joiner.second(atMs);
      this.outside.second(atMs);
    }, failed);
    this.joiner = new Joiner(settings.watched, 0, settings.strategy.entryEdge, publish);
  }

  /** @param target the symbol's index, or FX_QUOTE */
  quote(venue: VenueId, target: number, update: QuoteUpdate, atMs: number): void {
    const nowMs = this.sequencer.advanceTo(atMs);
    this.joiner.liveness[venue] = nowMs;
    this.joiner.quote(venue, target, update, nowMs);
  }

  /** A connection showed life without a quote. */
  alive(venue: VenueId, atMs: number): void {
    this.joiner.liveness[venue] = this.sequencer.advanceTo(atMs);
  }

  measure(measurement: Measurement, atMs: number): void {
    this.outside.take(measurement, this.sequencer.advanceTo(atMs));
  }

  /** Other settings, another list of symbols, or both; indices are those of `watched`. */
  reconfigure(settings: Settings, atMs: number): void {
    this.sequencer.advanceTo(atMs);
    this.settings = settings;
    this.joiner.setSymbols(settings.watched);
    this.joiner.signals.entryEdge = settings.strategy.entryEdge;
  }

  advanceTo(atMs: number): void {
    this.sequencer.advanceTo(atMs);
  }
}
