import type { QuoteUpdate } from './types.ts';

/**
 * What a mapper made of a frame. 0 and above: the index of the symbol whose quote was filled into `out`.
 * Below: one of these codes.
 */
export const FX_QUOTE = -1;
/** Acknowledgement, status, notice: understood, carries no quote. */
export const CONTROL_FRAME = -2;
/** A well-formed quote of an instrument that is not in the list, or of a stream that is not used. */
export const FOREIGN_FRAME = -3;
/** The venue announces the end of this connection. */
export const SHUTDOWN_FRAME = -4;
/** The venue reports an error about what was asked of it. */
export const ERROR_FRAME = -5;
/** Everything at or below is malformed; see {@link MALFORMED_KINDS}. */
export const MALFORMED_JSON = -10;
export const MALFORMED_SHAPE = -11;
export const MALFORMED_VALUE = -12;
/** Levels of a side are not ordered from best to worst. */
export const MALFORMED_ORDER = -13;

/** The label under which a malformed frame is counted. */
export const MALFORMED_KINDS: Readonly<Record<number, string>> = {
  [MALFORMED_JSON]: 'json',
  [MALFORMED_SHAPE]: 'shape',
  [MALFORMED_VALUE]: 'value',
  [MALFORMED_ORDER]: 'order',
};

/**
 * Turns one venue's frame into a quote. Pure but for `out`, which is undefined unless the result is ≥ 0 or FX_QUOTE.
 * Never throws, whatever the bytes are.
 */
export interface FrameMapper {
  map(bytes: Uint8Array, start: number, end: number, out: QuoteUpdate): number;
}
