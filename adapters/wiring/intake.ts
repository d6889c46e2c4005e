import type { TapeRecorder } from '#adapters/tape/recorder.ts';
import { createMapper } from '#adapters/venues/registry.ts';
import {
  CONTROL_FRAME,
  ERROR_FRAME,
  FOREIGN_FRAME,
  type FrameMapper,
  FX_QUOTE,
  MALFORMED_JSON,
  MALFORMED_KINDS,
  SHUTDOWN_FRAME,
} from '#core/market/mapping.ts';
import { byVenue, emptySide, type QuoteUpdate, type VenueId } from '#core/market/types.ts';

const KINDS: Readonly<Record<number, string>> = {
  [FX_QUOTE]: 'fx',
  [CONTROL_FRAME]: 'control',
  [FOREIGN_FRAME]: 'foreign',
  [SHUTDOWN_FRAME]: 'control',
  [ERROR_FRAME]: 'error',
  ...Object.fromEntries(Object.entries(MALFORMED_KINDS).map(([code, kind]) => [code, `malformed_${kind}`])),
};

/** Where quotes and signs of life go: the machine that trades, or the stream that makes ticks of them. */
export interface QuoteSink {
  quote(venue: VenueId, target: number, update: QuoteUpdate, atMs: number): void;
  alive(venue: VenueId, atMs: number): void;
}

export interface IntakeParts {
  readonly machine: QuoteSink;
  readonly symbols: readonly string[];
  readonly recorder: TapeRecorder | null;
  readonly now: () => number;
  /** Called for each frame with what it was, how long its decision took and when it came, ms. */
  readonly measured: (venue: VenueId, kind: string, tookMs: number, atMs: number) => void;
  /** A frame's decision could not be made or committed; the frame's quote was taken. */
  readonly failed: (error: unknown) => void;
}

export interface Intake {
  frame(venue: VenueId, frame: Uint8Array): void;
  /** The machine's list from now on. */
  setSymbols(symbols: readonly string[]): void;
}

/** Takes frames off the sockets: stamps, records, maps and hands them to the machine, in the order of their receipt. */
export function createIntake(parts: IntakeParts): Intake {
  const { machine, recorder, now, measured, failed } = parts;
  let mappers = mappersFor(parts.symbols);
  const update: QuoteUpdate = { bid: emptySide(), ask: emptySide() };
  function take(venue: VenueId, frame: Uint8Array): void {
    const startedMs = performance.now();
    const atMs = now();
    recorder?.frame(atMs, venue, frame);
    const target = mappers[venue].map(frame, 0, frame.length, update);
    try {
      if (target >= FX_QUOTE) machine.quote(venue, target, update, atMs);
      else if (target > MALFORMED_JSON) machine.alive(venue, atMs);
    } catch (error) {
      failed(error);
    }
    measured(venue, target >= 0 ? 'quote' : (KINDS[target] ?? 'malformed_shape'), performance.now() - startedMs, atMs);
  }
  return {
    frame: take,
    setSymbols(symbols) {
      mappers = mappersFor(symbols);
    },
  };
}

function mappersFor(symbols: readonly string[]): Readonly<Record<VenueId, FrameMapper>> {
  return byVenue((venue) => createMapper(venue, symbols));
}
