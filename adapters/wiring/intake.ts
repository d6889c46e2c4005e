import type { TapeRecorder } from '#adapters/tape/recorder.ts';
import { createMapper } from '#adapters/venues/registry.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import {
  CONTROL_FRAME,
  ERROR_FRAME,
  FOREIGN_FRAME,
  FX_QUOTE,
  MALFORMED_JSON,
  MALFORMED_KINDS,
  SHUTDOWN_FRAME,
} from '#core/market/mapping.ts';
import { emptySide, type QuoteUpdate, type VenueId } from '#core/market/types.ts';

const KINDS: Readonly<Record<number, string>> = {
  [FX_QUOTE]: 'fx',
  [CONTROL_FRAME]: 'control',
  [FOREIGN_FRAME]: 'foreign',
  [SHUTDOWN_FRAME]: 'control',
  [ERROR_FRAME]: 'error',
  ...Object.fromEntries(Object.entries(MALFORMED_KINDS).map(([code, kind]) => [code, `malformed_${kind}`])),
};

/** Every kind under which a frame can be counted. */
export const FRAME_KINDS: readonly string[] = ['quote', ...new Set(Object.values(KINDS))];

export interface IntakeParts {
  readonly machine: TradingMachine;
  readonly symbols: readonly string[];
  readonly recorder: TapeRecorder | null;
  readonly now: () => number;
  /** Called for each frame with what it was and how long its decision took, ms. */
  readonly measured: (venue: VenueId, kind: string, tookMs: number) => void;
  /** A frame's decision could not be made or committed; the frame's quote was taken. */
  readonly failed: (error: unknown) => void;
}

/** Takes frames off the sockets: stamps, records, maps and hands them to the machine, in the order of their receipt. */
export function createIntake(parts: IntakeParts): (venue: VenueId, frame: Uint8Array) => void {
  const { machine, recorder, now, measured, failed } = parts;
  const mappers = { binance: createMapper('binance', parts.symbols), upbit: createMapper('upbit', parts.symbols) };
  const update: QuoteUpdate = { bid: emptySide(), ask: emptySide() };
  return (venue, frame) => {
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
    measured(venue, target >= 0 ? 'quote' : (KINDS[target] ?? 'malformed_shape'), performance.now() - startedMs);
  };
}
